"""The same two short articles in the formats that newsrooms use."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Mapping

RIVER = "The river rose four metres overnight.\n\n“It was high,” said Ann Lee, the mayor."
MARKET = "The market stays shut on Monday, the council said."
DATE = "2025-05-06T08:30:00Z"

ROW = {
    "text": RIVER,
    "id": "r-1",
    "title": "River rises",
    "byline": "Bo Ek",
    "publisher": "The Bridge Post",
    "published": DATE,
    "language": "en-GB",
    "url": "https://post.example/river",
    "desk": "local",
}
OTHER = {**ROW, "text": MARKET, "id": "m-1", "title": "Market shut", "url": ""}
PARAGRAPHS = (
    "<p>The river rose four <b>metres</b> overnight.</p>"
    "<p>“It was high,” said Ann Lee, the mayor.</p>"
)


def cell(text: str, separator: str) -> str:
    quoted = text.replace('"', '""')
    return f'"{quoted}"' if separator in text or "\n" in text or '"' in text else text


def table(separator: str = ",", *rows: Mapping[str, str], columns: tuple[str, ...] = ()) -> str:
    """Return rows as a table, with a header."""
    rows = rows or (ROW, OTHER)
    columns = columns or tuple(ROW)
    lines = [columns, *(tuple(row[column] for column in columns) for row in rows)]
    return "".join(separator.join(cell(one, separator) for one in line) + "\r\n" for line in lines)


def jsonl(*rows: Mapping[str, str]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows or (ROW, OTHER))


NINJS_1 = {
    "uri": "https://agency.example/items/r-1",
    "type": "text",
    "versioncreated": DATE,
    "language": "en-GB",
    "headline": "River rises",
    "byline": "Bo Ek",
    "copyrightholder": "The Bridge Post",
    "slugline": "RIVER",
    "body_xhtml": f"<div>{PARAGRAPHS}</div>",
    "renditions": {"web": {"href": "https://agency.example/1.jpg"}},
}
NINJS_2 = {
    "standard": {"name": "ninjs", "version": "2.1"},
    "uri": "https://agency.example/items/r-1",
    "version": "2",
    "versionCreated": DATE,
    "language": "en-GB",
    "headlines": [{"role": "main", "value": "River rises"}],
    "by": "Bo Ek",
    "copyrightHolder": "The Bridge Post",
    "bodies": [
        {"role": "web", "contentType": "text/html", "value": PARAGRAPHS},
        {"role": "print", "contentType": "text/plain", "value": RIVER},
    ],
}

NITF = f"""<?xml version="1.0" encoding="UTF-8"?>
<nitf xml:lang="en-GB">
 <head><title>River rises (1)</title>
  <docdata><doc-id id-string="r-1"/><date.issue norm="20250506T083000Z"/>
   <doc.copyright holder="The Bridge Post"/></docdata></head>
 <body><body.head><hedline><hl1>River
    rises</hl1></hedline><byline>Bo <person>Ek</person></byline></body.head>
  <body.content><block>{PARAGRAPHS.replace("<b>", "<em>").replace("</b>", "</em>")}
   <media media-type="image"><media-caption>A wet street.</media-caption></media></block>
  </body.content></body>
</nitf>"""


def newsml_item(content: str, number: int = 1, kind: str = "ninat:text") -> str:
    return f"""<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:agency:{number}"
  version="3" xml:lang="en-GB">
 <rightsInfo><copyrightHolder literal="someone"/></rightsInfo>
 <itemMeta><itemClass qcode="{kind}"/><provider><name>The Bridge Post</name></provider>
  <versionCreated>{DATE}</versionCreated><pubStatus qcode="stat:usable"/></itemMeta>
 <contentMeta><headline>River rises</headline><by>Bo Ek</by><slugline>RIVER</slugline>
  <language tag="en-GB"/></contentMeta>
 <contentSet>{content}</contentSet>
</newsItem>"""


XHTML = (
    '<inlineXML contenttype="application/xhtml+xml"><html xmlns="http://www.w3.org/1999/xhtml">'
    f"<head><title>x</title></head><body>{PARAGRAPHS}</body></html></inlineXML>"
)
NEWSML = newsml_item(XHTML)
NEWS_MESSAGE = (
    '<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><header/><itemSet>'
    + newsml_item(
        f'<inlineXML contenttype="application/nitf+xml">{NITF.partition("?>")[2]}</inlineXML>'
    )
    + newsml_item("<remoteContent href='1.jpg'/>", 2, "ninat:picture")
    + newsml_item(f'<inlineData contenttype="text/plain">{MARKET}</inlineData>', 3)
    + "</itemSet></newsMessage>"
)

RSS = f"""<?xml version="1.0"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>The Bridge Post</title><language>en-GB</language>
<item><title>River rises</title><link>https://post.example/river</link><guid>r-1</guid>
 <dc:creator>Bo Ek</dc:creator><pubDate>Tue, 06 May 2025 08:30:00 GMT</pubDate>
 <description>Four metres.</description>
 <content:encoded><![CDATA[{PARAGRAPHS}<script>x()</script>]]></content:encoded></item>
<item><title>Market shut</title><guid>m-1</guid><description>{MARKET}</description></item>
</channel></rss>"""
RSS_1 = f"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://post.example/"><title>The Bridge Post</title></channel>
<item rdf:about="https://post.example/m"><title>Market shut</title>
<link>https://post.example/m</link><description>{MARKET}</description>
<dc:date>{DATE}</dc:date></item></rdf:RDF>"""
ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-GB"><title>The Bridge Post</title>
<entry><id>r-1</id><title>River rises</title><link href="https://post.example/river"/>
<author><name>Bo Ek</name></author><published>{DATE}</published><summary>Short.</summary>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">{PARAGRAPHS}</div></content></entry>
</feed>"""

BODY = """
<p>The river rose four metres overnight and reached the old mill, the town council of Harrowgate
Bridge said on Monday, and about 300 people had to leave their homes before dawn.</p>
<p>“We have never seen it so high,” said Ann Lee, the mayor, who spent the night in the school
where the families found shelter. She said that the café by the bridge was lost.</p>
"""
PAGE = f"""<!doctype html><html lang="en"><head><title>River rises</title>
<meta name="author" content="Bo Ek"></head><body><nav><a href="/">Home</a></nav>
<article><h1>River rises</h1>{BODY}</article></body></html>"""
XHTML_PAGE = PAGE.replace("<!doctype html><html", '<?xml version="1.0"?><html')


def record(kind: str, uri: str, http: str | None, payload: bytes) -> bytes:
    block = (http or "").encode() + payload
    content = "application/http; msgtype=response" if http else "text/plain"
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {uri}\r\nWARC-Date: {DATE}\r\n"
        f"WARC-Record-ID: <urn:uuid:{len(block):032}>\r\nContent-Type: {content}\r\n"
        f"Content-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def response(
    uri: str, payload: bytes, kind: str = "text/html; charset=utf-8", status: str = "200 OK"
) -> bytes:
    http = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n\r\n"
    return record("response", uri, http, payload)


PARTS = (
    record("warcinfo", "urn:x", None, b"software: by hand\r\n"),
    response("https://post.example/river", PAGE.encode()),
    response("https://post.example/gone", b"<p>Gone.</p>", status="404 Not Found"),
    response("https://post.example/1.png", b"\x89PNG", "image/png"),
    response("https://post.example/cafe", PAGE.encode("cp1252"), "text/html; charset=windows-1252"),
)
WARC = b"".join(PARTS)
WARC_GZ = b"".join(map(gzip.compress, PARTS))
"""One member per record, as crawlers write it."""


def docx() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("word/document.xml", "<w:document/>")
    return data.getvalue()


BOMB_XML = (
    '<?xml version="1.0"?><!DOCTYPE nitf [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    "<nitf><body><body.content><p>&b;</p></body.content></body></nitf>"
)
BOMB_GZ = gzip.compress(b"0" * 40_000_000)

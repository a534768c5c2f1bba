import griffe
class Fenced(griffe.Extension):
    def on_instance(self, **kw):
        print(kw.keys())

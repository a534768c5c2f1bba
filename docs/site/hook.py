import sys
print(sys.path[:4])
import doctests

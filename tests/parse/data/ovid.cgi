<1. >
VN  - Ovid Technologies
DB  - Ovid MEDLINE(R)
UI  - 22334455
AU  - Foo A.
AU  - Bar B.
TI  - A title
SO  - Tests. 3(2):5-9, 2012 Jan.
VI  - 3
IP  - 2
PG  - 5-9
LG  - English
PT  - Article
AB  - Background: this.
   Results: that.
DO  - https://dx.doi.org/10.1000/abc

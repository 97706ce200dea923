"""Takes pictures of the pages and measures them: python dev/look.py OUT [page ...]. Needs the mock server and Chromium."""
import json, os, sys
from playwright.sync_api import sync_playwright

BASE = os.environ.get("BASE", "http://127.0.0.1:5180/app/")
AXE = os.path.join(os.path.dirname(__file__), "../node_modules/axe-core/axe.min.js")
PAGES = {
    "sign-in": ("", "/pages/sign-in/index"),
    "home": ("resident", "/"),
    "home-family": ("daughter-for", "/"),
    "help": ("resident", "/pages/help/index"),
    "book": ("resident", "/pages/book/index"),
    "time": ("resident", "/pages/book/time?code=wound"),
    "address": ("resident", "/pages/book/address"),
    "visits": ("resident", "/pages/visits/index"),
    "visit": ("resident", "/pages/visits/visit?id=v1"),
    "visit-done": ("resident", "/pages/visits/visit?id=v0"),
    "change": ("resident", "/pages/visits/change?id=v1"),
    "rate": ("resident", "/pages/visits/rate?id=v0&stars=4"),
    "family-form": ("daughter-for", "/pages/visits/family?id=v0"),
    "concerns": ("resident", "/pages/concerns/index"),
    "concern-new": ("resident", "/pages/concerns/new?kind=suggestion"),
    "record": ("resident", "/pages/record/index"),
    "trend": ("resident", "/pages/record/trend?code=bp"),
    "trend2": ("resident", "/pages/record/trend?code=glucose"),
    "readers": ("resident", "/pages/record/readers"),
    "inbox": ("resident", "/pages/inbox/index"),
    "me": ("daughter-for", "/pages/me/index"),
    "family": ("resident", "/pages/me/family"),
    "consents": ("resident", "/pages/me/consents"),
    "sessions": ("resident", "/pages/me/sessions"),
    "today": ("nurse", "/pages/work/today"),
    "offers": ("nurse", "/pages/work/offers"),
    "work-visit": ("nurse", "/pages/work/visit?id=w1"),
    "arrive": ("nurse", "/pages/work/arrive?id=w1"),
    "waiting": ("nurse", "/pages/work/waiting"),
}
MEASURE = """() => {
  const out = []; const w = innerWidth;
  if (document.documentElement.scrollWidth > w) out.push('overflow ' + document.documentElement.scrollWidth);
  for (const e of document.querySelectorAll('button,a,input,textarea,[role=button]')) {
    const r = e.getBoundingClientRect(); if (!r.width || e.closest('.unseen')) continue;
    if (r.height < 47.5 || r.width < 47.5) out.push(`small ${Math.round(r.width)}x${Math.round(r.height)} ${e.className} ${e.innerText.slice(0, 20)}`);
    if (r.right > w + 1 || r.left < -1) out.push(`outside ${e.className} ${e.innerText.slice(0, 20)}`);
    if (e.scrollWidth > e.clientWidth + 2 && e.tagName !== 'INPUT') out.push(`clipped ${e.className} ${e.innerText.slice(0, 20)}`);
  }
  let small = 99; const it = document.createTreeWalker(document.querySelector('.client') || document.body, 4);
  while (it.nextNode()) { const n = it.currentNode; if (n.textContent.trim() && n.parentElement.offsetParent) small = Math.min(small, parseFloat(getComputedStyle(n.parentElement).fontSize)); }
  out.push('smallest type ' + small); return out }"""


def main() -> None:
    out, names = sys.argv[1], sys.argv[2:] or list(PAGES)
    os.makedirs(out, exist_ok=True)
    elder, scale, lang = os.environ.get("ELDER") == "1", float(os.environ.get("SCALE", "0")), os.environ.get("LANGUAGE_SHOWN", "zh-Hans")
    width = int(os.environ.get("WIDTH", "390"))
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu", "--disable-quic"])
        for name in names:
            who, path = PAGES[name]
            context = browser.new_context(viewport={"width": width, "height": 844}, device_scale_factor=1, reduced_motion="reduce")
            page = context.new_page()
            said: list[str] = []
            page.on("console", lambda m: said.append(m.text) if m.type in ("error", "warning") else None)
            page.on("pageerror", lambda e: said.append("ERROR " + str(e)))
            page.on("request", lambda r: said.append("FOREIGN " + r.url) if not r.url.startswith(("http://127.0.0.1", "data:", "blob:")) else None)
            kept = {"reading": {"elder": elder, "scale": scale}, "language": lang}
            if who:
                kept["token"] = who.removesuffix("-for")
            if who.endswith("-for"):
                kept["acting_for"] = "r1"
            context.add_init_script("for (const [k, v] of Object.entries(%s)) if (!localStorage.getItem(k)) localStorage.setItem(k, typeof v === 'string' ? JSON.stringify({type:'string',data:v}) : JSON.stringify({type:'object',data:v}))" % json.dumps(kept))
            if path != "/" and who:
                page.goto(BASE)
                page.wait_for_timeout(700)
            page.goto(BASE + "#" + path)
            page.wait_for_timeout(1200)
            height = page.evaluate("Math.max(844, document.documentElement.scrollHeight)")
            notes = page.evaluate(MEASURE)
            page.set_viewport_size({"width": width, "height": min(height, 6000)})
            page.wait_for_timeout(150)
            page.screenshot(path=f"{out}/{name}.png")
            if os.environ.get("AXE"):
                page.add_script_tag(path=AXE)
                found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(r => r.violations.map(v => [v.impact, v.id, v.nodes.slice(0, 3).map(n => n.html.slice(0, 160))]))")
                notes += [f"axe {f}" for f in found]
            print(name, height, "|", " ; ".join(notes), "|", said[:4])
            context.close()
        browser.close()


main()

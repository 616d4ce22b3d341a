#!/usr/bin/env python3
"""Runs named servers side by side and prints a table per endpoint. See ../README.md; compare.py prepares the servers.

  bench.py run A B [C ...] [-e plaintext,json,...] [-r ROUNDS] [-s SECONDS] [-o FILE.json]
  bench.py check NAME                  starts a server and checks what it answers
  bench.py startup NAME [NAME ...]     time to the first answer, idle RSS, size on disk
  bench.py show FILE.json [...]        prints the tables of earlier runs again
The first server named is the one that ratios are taken against (B/A per round, then the median).
Servers come from servers.json, and from each --servers FILE after it (same form, later names win)."""
import argparse, http.client, json, os, re, signal, socket, statistics as st, subprocess, sys, time

HERE = os.path.dirname(os.path.abspath(__file__))
PEERS = os.environ.get("BENCH_PEERS", os.path.join(HERE, "..", "..", "build", "bench"))
ROOST = os.environ.get("BENCH_ROOST", os.path.join(HERE, "..", "..", "build", "release", "bin", "bench_server"))
PG = {"host": "127.0.0.1", "port": os.environ.get("PGPORT", "55442"), "db": "bench"}
PG_PIDFILE = os.environ.get("BENCH_PG_PIDFILE", PEERS + "/pg/data/postmaster.pid")
TICK = os.sysconf("SC_CLK_TCK")
SERVER_CPU, WRK_CPU = os.environ.get("BENCH_SERVER_CPU", "1"), os.environ.get("BENCH_WRK_CPU", "0")


def fill(x, port):
    if isinstance(x, str):
        for name, value in (("peers", PEERS), ("here", HERE), ("roost", ROOST), ("pgport", PG["port"]), ("port", str(port))):
            x = x.replace("{" + name + "}", value)
        return x
    if isinstance(x, list):
        return [fill(y, port) for y in x]
    if isinstance(x, dict):
        return {k: fill(v, port) for k, v in x.items()}
    return x


def load(extra):
    servers = json.load(open(HERE + "/servers.json"))
    for f in extra or []:
        servers.update(json.load(open(f)))
    return {n: fill(s, s["port"]) for n, s in servers.items()}


def endpoint_table():
    return {name: {"name": name, **e} for name, e in json.load(open(HERE + "/endpoints.json")).items()}


def children():
    kids = {}
    for d in os.listdir("/proc"):
        if d.isdigit():
            try:
                f = open(f"/proc/{d}/stat").read()
            except OSError:
                continue
            kids.setdefault(int(f.rsplit(")", 1)[1].split()[1]), []).append(int(d))
    return kids


def tree(pid):
    kids, out, todo = children(), [], [pid]
    while todo:
        p = todo.pop()
        out.append(p)
        todo += kids.get(p, [])
    return out


def cpu(pids):
    t = 0
    for p in pids:
        try:
            f = open(f"/proc/{p}/stat").read().rsplit(")", 1)[1].split()
        except OSError:
            continue
        t += int(f[11]) + int(f[12])
    return t / TICK


def each_cpu(pids):
    return {p: cpu([p]) for p in pids}


def grown(before, after):
    """CPU between two readings, counting processes that began in between (pools open and close connections)."""
    return sum(t - before.get(p, 0) for p, t in after.items())


def rss(pids):
    kb = 0
    for p in pids:
        try:
            kb += int(re.search(r"VmRSS:\s+(\d+)", open(f"/proc/{p}/status").read()).group(1))
        except (OSError, AttributeError):
            pass
    return kb / 1024


def machine_cpu():
    f = [int(x) for x in open("/proc/stat").readline().split()[1:9]]
    return (sum(f) - f[3] - f[4]) / TICK, f[7] / TICK  # busy incl. steal, steal


def pg_pids():
    try:
        return tree(int(open(PG_PIDFILE).readline()))
    except OSError:
        return []


class Server:
    def __init__(self, name, spec, pin=True):
        self.name, self.spec, self.port = name, spec, spec["port"]
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
            raise SystemExit(f"{name}: something already listens on port {self.port}")
        except OSError:
            pass
        env = dict(os.environ, **spec.get("env", {}))
        cmd = (["taskset", "-c", spec.get("cpus", SERVER_CPU)] if pin else []) + spec["cmd"]
        log = open(f"{PEERS}/{name}.log", "w")
        t0 = time.perf_counter()
        self.proc = subprocess.Popen(cmd, cwd=spec.get("cwd"), env=env, stdout=log, stderr=log, start_new_session=True)
        self.ready_ms = None
        path = spec.get("ready", "/plaintext")
        while time.perf_counter() - t0 < 30:
            if self.proc.poll() is not None:
                raise SystemExit(f"{name} ended with {self.proc.returncode}, see {PEERS}/{name}.log")
            try:
                c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                c.request("GET", path)
                r = c.getresponse()
                r.read()
                if r.status == 200:
                    self.ready_ms = (time.perf_counter() - t0) * 1000
                    break
            except OSError:
                time.sleep(0.001)
        if self.ready_ms is None:
            raise SystemExit(f"{name} was not ready in 30 s")
        self.idle_rss = None

    def pids(self):
        return tree(self.proc.pid)

    def stop(self):
        if self.proc.poll() is None:
            os.killpg(self.proc.pid, signal.SIGTERM)
            try:
                self.proc.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(self.proc.pid, signal.SIGKILL)
                self.proc.wait()

    def ask(self, method, path, body=None):
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        c.request(method, path, body=json.dumps(body) if body is not None else None,
                  headers={"Content-Type": "application/json"} if body is not None else {})
        r = c.getresponse()
        return r.status, r.read().decode()


def endpoints_of(spec, wanted, endpoints):
    mine = list(endpoints) if spec["endpoints"] == "all" else spec["endpoints"]
    return [e for e in wanted if e in mine]


def check(server, names):
    """Every answer is looked at before it is measured: a server that skips the work is not a server."""
    bad = []

    def want(name, ok, got):
        if not ok:
            bad.append(f"{server.name} {name}: {str(got)[:200]}")
    low = lambda w: {k.lower(): v for k, v in w.items()}
    for n in names:
        if n in ("plaintext", "plaintext-pipe"):
            s, b = server.ask("GET", "/plaintext")
            want(n, s == 200 and b == "Hello, World!", (s, b))
        elif n == "json":
            s, b = server.ask("GET", "/json")
            want(n, s == 200 and json.loads(b) == {"message": "Hello, World!"}, (s, b))
        elif n in ("db", "db-read-only"):
            s, b = server.ask("GET", server.spec.get("paths", {}).get(n, "/" + n))
            w = low(json.loads(b))
            want(n, s == 200 and 1 <= w["id"] <= 10000 and isinstance(w["randomnumber"], int), (s, b))
        elif n in ("queries", "updates"):
            s, b = server.ask("GET", f"/{n}?queries=20")
            w = [low(x) for x in json.loads(b)]
            want(n, s == 200 and len(w) == 20, (s, b))
            if n == "updates" and not bad:
                sql = "SELECT count(*) FROM world WHERE (id, randomnumber) IN (VALUES %s)" % ",".join(f"({x['id']},{x['randomnumber']})" for x in w)
                want(n + " written back", int(query(server.spec, sql)) == len({x["id"] for x in w}), w)
        elif n == "fortunes":
            s, b = server.ask("GET", "/fortunes")
            want(n, s == 200 and b.count("<tr>") == 14 and "&lt;script&gt;alert(" in b and "<script>" not in b
                 and b.index("A disk that") < b.index("Additional fortune") < b.index("フレームワーク"), (s, b))
        elif n == "authors":
            s, b = server.ask("GET", "/authors/7")
            a = json.loads(b)
            want(n, s == 200 and a["name"] == "Author 7" and len(a["books"]) == 10 and all(len(k["tags"]) == 3 for k in a["books"])
                 and sorted(t["id"] for t in a["books"][0]["tags"]) == [51, 118, 184], (s, b))
            s, b = server.ask("GET", "/authors/99999")
            want(n + " unknown", s == 404, (s, b))
        elif n == "cats":
            s, b = server.ask("POST", "/cats", {"name": "Tom", "age": 3, "breed": "Siamese"})
            c = json.loads(b)
            want(n, s == 201 and c["name"] == "Tom" and c["age"] == 3 and "id" in c, (s, b))
            for wrong in ({"name": "", "age": 3, "breed": "x"}, {"name": "a" * 51, "age": 3, "breed": "x"}, {"name": "a", "age": 31, "breed": "x"},
                          {"name": "a", "age": -1, "breed": "x"}, {"age": 3, "breed": "x"}, {"name": "a", "age": 1.5, "breed": "x"}):
                s, b = server.ask("POST", "/cats", wrong)
                want(f"{n} refuses {wrong}", s in (400, 422), (s, b))
        elif n == "orders":
            lines = [{"sku": f"S{k}", "qty": k, "priceCents": 100} for k in range(1, 6)]
            s, b = server.ask("POST", "/orders", {"customer": "ACME", "lines": lines})
            o = json.loads(b)
            want(n, s == 201 and o["totalCents"] == 1500 and len(o["lines"]) == 5 and all(x["id"] > 0 for x in o["lines"]), (s, b))
            if not bad:
                want(n + " written", int(query(server.spec, f"SELECT count(*) FROM order_line WHERE order_id = {o['id']}")) == 5, o)
            s, b = server.ask("POST", "/orders", {"customer": "ACME", "lines": [dict(lines[0], qty=0)]})
            want(n + " refuses qty 0", s in (400, 422), (s, b))
    return bad


def query(spec, sql):
    if spec.get("db") == "sqlite":
        cmd = ["sqlite3", "-cmd", ".timeout 10000", spec["file"], sql]
    else:
        cmd = ["psql", "-qAt", "-h", PG["host"], "-p", PG["port"], "-U", "bench", "-c", sql, PG["db"]]
    r = subprocess.run(cmd, capture_output=True, text=True)
    if r.returncode:
        raise SystemExit(f"{cmd}: {r.stderr}")
    return r.stdout.strip().splitlines()[-1] if r.stdout.strip() else ""


def wrk(server, ep, seconds):
    path = server.spec.get("paths", {}).get(ep["name"], ep["path"])
    cmd = ["taskset", "-c", WRK_CPU, "wrk", "-t1", f"-c{ep['connections']}", f"-d{seconds}s", "--timeout", "5s", "-s", f"{HERE}/lua/{ep['lua']}",
           f"http://127.0.0.1:{server.port}{path}", "--"] + ep.get("args", [])
    db = server.spec.get("db")
    setup = ep.get("setup", {}).get(db) if db else None
    if setup:
        query(server.spec, setup)
    pg = (lambda: each_cpu(pg_pids())) if db == "pg" else (lambda: {})
    s0, p0, (m0, k0) = cpu(server.pids()), pg(), machine_cpu()
    t0 = time.perf_counter()
    proc = subprocess.Popen(cmd, env=dict(os.environ, BENCH_LUA=HERE + "/lua"), stdout=subprocess.PIPE, text=True)
    out = proc.stdout.read()
    _, _, ru = os.wait4(proc.pid, 0)
    wall = time.perf_counter() - t0
    s1, (m1, k1) = cpu(server.pids()), machine_cpu()
    pg_cpu = grown(p0, pg())
    m = re.search(r"^BENCH (.*)$", out, re.M)
    if not m:
        raise SystemExit(f"wrk printed: {out}")
    v = {k: int(x) for k, x in (f.split("=") for f in m.group(1).split())}
    n, secs, w = v["requests"], v["us"] / 1e6, ru.ru_utime + ru.ru_stime
    errors = {k: v[k] for k in ("connect", "read", "write", "status", "timeout") if v[k]}
    return {"rps": n / secs, "server_cpu": s1 - s0, "per_cpu": n / max(s1 - s0, 1e-3), "server_cpu_share": (s1 - s0) / wall, "pg_us": pg_cpu / n * 1e6 if n else 0,
            "wrk_share": w / wall, "p50": v["p50"], "p99": v["p99"], "max": v["max"], "rss": rss(server.pids()), "errors": errors,
            "others_share": max(0, (m1 - m0) - (s1 - s0) - pg_cpu - w) / wall, "steal_share": (k1 - k0) / wall}


def cmd_run(a):
    all_servers, endpoints = load(a.servers), endpoint_table()
    wanted = a.endpoints.split(",") if a.endpoints else list(endpoints)
    result = {"date": time.strftime("%Y-%m-%d %H:%M:%S"), "base": a.names[0], "seconds": a.seconds, "rounds": a.rounds, "endpoints": {}, "servers": {}}
    running = []
    try:
        for n in a.names:
            s = Server(n, all_servers[n])
            running.append(s)
        time.sleep(1)
        for s in running:
            bad = check(s, endpoints_of(s.spec, wanted, endpoints))
            for b in bad:
                print("WRONG ANSWER", b)
            if bad and not a.force:
                raise SystemExit(1)
            result["servers"][s.name] = {"ready_ms": s.ready_ms, "idle_rss": rss(s.pids()), "cmd": s.spec["cmd"]}
        for e in wanted:
            mine = [s for s in running if e in endpoints_of(s.spec, wanted, endpoints)]
            if not mine:
                continue
            ep = endpoints[e]
            for s in mine:
                wrk(s, ep, a.warmup)
            runs = {s.name: [] for s in mine}
            for r in range(a.rounds):
                for s in mine if r % 2 == 0 else reversed(mine):
                    runs[s.name].append(measure(s, ep, a))
            result["endpoints"][e] = runs
            table(e, runs, result["base"])
            sys.stdout.flush()
    finally:
        for s in running:
            s.stop()
    if a.out:
        json.dump(result, open(a.out, "w"), indent=1)


def calm(limit, patience):
    """Waits until the rest of the machine uses less than `limit` of one core over half a second."""
    end = time.perf_counter() + patience
    while time.perf_counter() < end:
        b0, t0 = machine_cpu()[0], time.perf_counter()
        time.sleep(0.5)
        if (machine_cpu()[0] - b0) / (time.perf_counter() - t0) < limit:
            return


def measure(server, ep, a):
    """One slot: run when the machine is calm; when others took more than --noise of a core, run again and keep the calmest."""
    best = None
    for _ in range(1 + a.retries):
        calm(a.noise, a.patience)
        r = wrk(server, ep, a.seconds)
        if best is None or r["others_share"] < best["others_share"]:
            best = r
        if r["others_share"] < a.noise:
            break
    return best


def med(rows, k):
    return st.median(r[k] for r in rows)


def table(e, runs, base):
    b = runs.get(base) or next(iter(runs.values()))
    print(f"\n### {e}")
    print("| server | req per CPU-s | x base | req/s best | req/s median | x base | CPU server | PG us/req | p50 ms | p99 ms | RSS MiB | wrk CPU | others | errors |")
    print("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|")
    for n, rows in sorted(runs.items(), key=lambda kv: -med(kv[1], "per_cpu")):
        top = max(rows, key=lambda r: r["rps"])
        r1 = st.median(x["rps"] / max(y["rps"], 1e-9) for x, y in zip(rows, b))
        r2 = st.median(x["per_cpu"] / max(y["per_cpu"], 1e-9) for x, y in zip(rows, b))
        err = {}
        for r in rows:
            for k, v in r["errors"].items():
                err[k] = err.get(k, 0) + v
        print(f"| {n} | {med(rows,'per_cpu'):,.0f} | {r2:.2f} | {top['rps']:,.0f} | {med(rows,'rps'):,.0f} | {r1:.2f} | {med(rows,'server_cpu_share')*100:.0f}% "
              f"| {med(rows,'pg_us'):.1f} | {top['p50']/1000:.2f} | {top['p99']/1000:.2f} | {med(rows,'rss'):.0f} | {med(rows,'wrk_share')*100:.0f}% "
              f"| {med(rows,'others_share')*100:.0f}% | {' '.join(f'{k}={v}' for k, v in err.items()) or '-'} |")


def cmd_show(a):
    for f in a.files:
        r = json.load(open(f))
        print(f"\n## {os.path.basename(f)} {r['date']} rounds={r['rounds']} seconds={r['seconds']}")
        for e, runs in r["endpoints"].items():
            table(e, runs, r["base"])


def cmd_check(a):
    servers, endpoints = load(a.servers), endpoint_table()
    fault = False
    for n in a.names:
        s = Server(n, servers[n])
        try:
            names = endpoints_of(s.spec, list(endpoints), endpoints)
            bad = check(s, names)
        finally:
            s.stop()
        print(f"{n}: {'wrong answers' if bad else 'ok'} ({', '.join(names)})")
        for b in bad:
            print("  ", b)
        fault |= bool(bad)
    sys.exit(fault)


def du(paths):
    t = 0
    for p in paths:
        r = subprocess.run(["du", "-sbL", p], capture_output=True, text=True)
        t += int(r.stdout.split()[0]) if r.returncode == 0 else 0
    return t / 1048576


def cmd_startup(a):
    servers = load(a.servers)
    print("| server | start to first answer ms (min / median) | idle RSS MiB | size MiB |\n|---|---|---|---|")
    for n in a.names:
        ms, mem = [], []
        for _ in range(a.rounds):
            s = Server(n, servers[n])
            time.sleep(0.5)
            ms.append(s.ready_ms)
            mem.append(rss(s.pids()))
            s.stop()
        print(f"| {n} | {min(ms):.1f} / {st.median(ms):.1f} | {st.median(mem):.1f} | {du(servers[n].get('size', [])):.1f} |")
        sys.stdout.flush()


signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the servers it started end with it
signal.signal(signal.SIGINT, lambda *_: sys.exit(130))
p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
sub = p.add_subparsers(required=True)
q = sub.add_parser("run"); q.set_defaults(f=cmd_run)
q.add_argument("names", nargs="+"); q.add_argument("-e", "--endpoints"); q.add_argument("-r", "--rounds", type=int, default=5)
q.add_argument("-s", "--seconds", type=int, default=5); q.add_argument("-w", "--warmup", type=int, default=2); q.add_argument("-o", "--out")
q.add_argument("--noise", type=float, default=0.25, help="CPU of others, in cores, that makes a run worth repeating"); q.add_argument("--retries", type=int, default=0)
q.add_argument("--patience", type=float, default=1, help="longest wait for a calm machine before a run, seconds")
q.add_argument("--force", action="store_true", help="measure even what answers wrongly"); q.add_argument("--servers", action="append")
q = sub.add_parser("check"); q.set_defaults(f=cmd_check); q.add_argument("names", nargs="+"); q.add_argument("--servers", action="append")
q = sub.add_parser("startup"); q.set_defaults(f=cmd_startup); q.add_argument("names", nargs="+"); q.add_argument("-r", "--rounds", type=int, default=5); q.add_argument("--servers", action="append")
q = sub.add_parser("show"); q.set_defaults(f=cmd_show); q.add_argument("files", nargs="+")
a = p.parse_args()
a.f(a)

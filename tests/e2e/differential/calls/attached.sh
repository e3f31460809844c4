# Containers in the foreground, and containers that are made first and started later.
docker run --rm --network none --name diff-f1 busybox:1.37 echo hello
docker run --rm --network none --name diff-f2 busybox:1.37 true
docker run --rm --network none --name diff-f3 busybox:1.37 false
docker run --rm --network none --name diff-f4 busybox:1.37 sh -c 'exit 42'
docker run --rm --network none --name diff-f5 busybox:1.37 sh -c 'kill -9 $$; kill -15 $$; sleep 0.1; exit 5'
docker run --rm --network none --name diff-f6 busybox:1.37 nonesuch
docker run --rm --name diff-f7 busybox:1.37 /etc/passwd
docker run --rm --network none --name diff-f8 --entrypoint nonesuch busybox:1.37
docker run --rm --network none --name diff-f9 busybox:1.37 printf 'no newline'
docker run --rm --network none --name diff-f10 busybox:1.37 seq 5000 | tail -n 2
docker run --rm --network none --name diff-f11 busybox:1.37 sh -c 'echo out; echo err >&2'
docker run --rm --network none --name diff-f12 busybox:1.37 printf 'tab\there\rreturn\n'
docker run --rm --network none --name diff-f13 -t busybox:1.37 echo terminal
docker run --rm --network none --name diff-f14 -t busybox:1.37 sh -c 'test -t 0 && test -t 1 && echo terminal'
docker run --rm --network none --name diff-f15 busybox:1.37 sh -c 'test -t 1 || echo none'
docker run --rm --network none --name diff-f16 busybox:1.37 cat
echo in | docker run --rm --network none --name diff-f17 busybox:1.37 cat
echo in | docker run --rm -i --network none --name diff-f18 busybox:1.37 cat
printf 'no newline' | docker run --rm -i --network none --name diff-f19 busybox:1.37 cat
docker run --rm -i --network none --name diff-f20 busybox:1.37 cat </dev/null
seq 20000 | docker run --rm -i --network none --name diff-f21 busybox:1.37 wc -l
docker run --rm -it --network none --name diff-f22 busybox:1.37 true
docker run --name diff-kept busybox:1.37 sh -c 'echo kept; exit 7'
docker logs diff-kept
docker start diff-kept
docker wait diff-kept
docker logs diff-kept
docker start -a diff-kept
docker start -a nonesuch
docker rm diff-kept
docker create --name diff-made busybox:1.37 sh -c 'echo made; exit 3'
docker ps -a --filter name=diff-made --format '{{.Status}}'
docker logs diff-made
docker start diff-made
docker wait diff-made
docker logs diff-made
docker start -a diff-made
docker create --name diff-made busybox:1.37
docker create nonesuch/image:1
docker create --nonesuch x
docker create --name diff-wrong busybox:1.37 nonesuch
docker start diff-wrong
docker start -a diff-wrong
quietly until_true '! docker ps --filter name=diff-wrong | grep Up && sleep 0.3 && ! docker ps --filter name=diff-wrong | grep Up'
docker ps -a --filter name=diff-wrong --format '{{.Status}}'
docker rm diff-wrong
docker run -a stdout --rm --network none --name diff-f23 busybox:1.37 sh -c 'echo out'
docker run -d -a stdout --network none --name diff-f24 busybox:1.37 true
docker run -d --rm --network none --name diff-f25 busybox:1.37 sh -c 'sleep 0.1' | wc -c

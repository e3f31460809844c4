# Logs.
quietly docker run -d --network none --name diff-talk busybox:1.37 sh -c 'for i in 1 2 3 4 5; do echo line $i; done; echo ready >/tmp/ready; sleep 1000000'
quietly docker run --network none --name diff-done busybox:1.37 sh -c 'echo one; echo two; printf three'
quietly docker run --network none --name diff-silent busybox:1.37 true
quietly docker run --network none --name diff-both busybox:1.37 sh -c 'echo out; sleep 0.1; echo err >&2'
quietly docker run --network none --name diff-odd busybox:1.37 printf 'a\tb\r\n\033[31mred\033[0m\n\n\303\251 \n'
quietly until_true 'docker logs diff-talk | grep "line 5"'
docker logs diff-talk
docker logs diff-talk
docker logs --tail 2 diff-talk
docker logs --tail=1 diff-talk
docker logs -n 3 diff-talk
docker logs --tail 0 diff-talk
docker logs --tail all diff-talk
docker logs --tail 100 diff-talk
docker logs --tail -1 diff-talk
docker logs --tail x diff-talk
docker logs --tail '' diff-talk
docker logs --since nonesuch diff-talk
docker logs --since 1h diff-talk
docker logs --until 1h diff-talk
docker logs --since 2000-01-01 diff-talk
docker logs --since 2099-01-01 diff-talk
docker logs -t --tail 1 diff-talk
docker logs --details diff-talk
docker logs diff-done
docker logs --tail 1 diff-done
docker logs --tail 2 diff-done
docker logs -f diff-done
docker logs -f --tail 1 diff-done
docker logs diff-silent
docker logs diff-both
docker logs diff-odd
docker logs nonesuch
docker logs -f nonesuch
docker container logs --tail 1 diff-talk
quietly docker run -d --network none --name diff-slow busybox:1.37 sh -c 'for i in 1 2 3; do echo tick $i; sleep 0.2; done; exit 6'
docker logs -f diff-slow
docker logs -f --tail 1 diff-slow
quietly docker stop -t 0 diff-talk
docker logs diff-talk
docker logs -f diff-talk
quietly docker start diff-talk
quietly until_true 'test $(docker logs diff-talk | grep -c "line 5") = 2'
docker logs diff-talk
docker logs --tail 6 diff-talk
timeout 1 docker logs -f --tail 1 diff-talk
quietly docker run -d --network none -t --name diff-tty busybox:1.37 sh -c 'echo on a terminal; sleep 1000'
quietly until_true 'docker logs diff-tty | grep terminal'
docker logs diff-tty
docker logs --tail 1 diff-tty
quietly docker create --name diff-fresh busybox:1.37 echo x
docker logs diff-fresh
docker logs -f diff-fresh

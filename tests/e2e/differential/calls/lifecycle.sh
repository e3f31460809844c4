# From start to rm.
quietly docker run -d --network none --name diff-l busybox:1.37 sh -c 'trap "exit 9" TERM; trap "echo hup" HUP; while :; do sleep 0.05; done'
quietly docker run -d --network none --name diff-m busybox:1.37 sh -c 'trap "exit 0" TERM INT; while :; do sleep 0.05; done'
quietly docker create --network none --name diff-n busybox:1.37 sleep 1000000
docker start diff-l
docker start diff-n diff-l
docker start nonesuch
docker start nonesuch diff-l
docker start
docker stop diff-l
docker inspect -f '{{.State.Status}} {{.State.ExitCode}}' diff-l
docker ps -a --filter name=diff-l --format '{{.Status}}'
docker stop diff-l
docker stop nonesuch
docker stop nonesuch diff-l
docker stop -t 0 diff-n
docker inspect -f '{{.State.Status}} {{.State.ExitCode}}' diff-n
docker start diff-l diff-n
docker stop --time=0 diff-n diff-l
docker restart -t 0 diff-l
docker inspect -f '{{.State.Status}} {{.State.ExitCode}} {{.RestartCount}}' diff-l
docker restart diff-l diff-m
docker restart nonesuch
docker restart -t x diff-l
docker restart -t 0 diff-n nonesuch
docker kill -s HUP diff-l
quietly until_true 'docker logs diff-l | grep hup'
docker kill --signal=1 diff-l
docker kill -s NONESUCH diff-l
docker kill -s 999 diff-l
docker kill -s 0 diff-l
docker kill -s TERM diff-l
docker wait diff-l
docker kill diff-l
docker kill nonesuch
docker kill diff-n
# docker's kill returns before the end is noted, and kini's after it.
quietly docker wait diff-n
docker inspect -f '{{.State.Status}} {{.State.ExitCode}}' diff-n
docker kill diff-n nonesuch
docker start diff-l
docker kill -s SIGKILL diff-l diff-m
quietly docker wait diff-l diff-m
docker ps -a --filter name=diff-l --filter name=diff-m --format '{{.Names}} {{.Status}}'
docker wait diff-l diff-m diff-n
docker wait nonesuch
docker wait diff-l nonesuch
docker start diff-l diff-m
docker pause diff-l
docker ps --filter name=diff-l --format '{{.Status}} {{.State}}'
docker pause diff-l
docker pause nonesuch
docker pause diff-n
docker pause diff-l diff-m nonesuch
docker kill -s HUP diff-l
docker restart -t 0 diff-m
docker inspect -f '{{.State.Status}}' diff-m
docker unpause diff-l
quietly until_true 'test $(docker inspect -f "{{.State.Status}}" diff-l) = running'
docker unpause diff-l
docker unpause nonesuch
docker unpause diff-n
docker start diff-l
docker pause diff-l
docker start diff-l
docker rm diff-l
docker stop -t 0 diff-l
docker inspect -f '{{.State.Status}}' diff-l
docker start diff-l
docker rm diff-l
docker rm diff-n
docker rm diff-n
docker rm nonesuch
docker rm -f nonesuch
docker rm -f nonesuch diff-m
docker rm diff-l diff-n
docker rm -f -v diff-l
docker rm -fv diff-l
docker rm -v nonesuch
docker rm ''
docker rm -f ''
docker ps -aq --filter name=diff-
docker run -d --network none --name diff-short busybox:1.37 sh -c 'sleep 1; exit 4' | wc -c; docker wait diff-short
docker start diff-short; docker kill -s TERM diff-short; docker wait diff-short
docker stop $(docker ps -aq --filter name=diff-short) | wc -c
docker rm $(docker ps -aq --filter name=diff-short) | wc -c
docker run -d --rm --network none --name diff-auto busybox:1.37 sleep 1000000 | wc -c; docker stop -t 0 diff-auto; until_true '! docker inspect diff-auto'
docker run -d --network none --name diff-always --restart=always busybox:1.37 sh -c 'echo up; sleep 0.3; exit 1' | wc -c
quietly until_true 'test $(docker logs diff-always | grep -c up) -ge 2'
docker rm -f diff-always
docker run -d --network none --name diff-state --stop-signal INT busybox:1.37 sh -c 'trap "echo int; exit 2" INT; trap "echo term; exit 3" TERM; touch /tmp/x; while :; do sleep 0.05; done' | wc -c
docker stop diff-state; docker inspect -f '{{.State.ExitCode}}' diff-state; docker logs diff-state
docker start diff-state >/dev/null; docker exec diff-state ls /tmp
docker container stop -t 0 diff-state
docker container rm diff-state

# Lists of containers.
docker ps -a --filter name=diff-
docker ps -a --filter 'label=io.x-k8s.kind.cluster=diff' --format '{{.Names}}'
quietly docker run -d --name diff-web --label io.x-k8s.kind.cluster=diff --label role=front -p 127.0.0.1:18080:80 -p 18443:443/udp busybox:1.37 sh -c 'trap "exit 0" TERM; while :; do sleep 0.1; done'
quietly docker run -d --name diff-db --label io.x-k8s.kind.cluster=diff --label role= --label long="$(printf 'x%.0s' {1..90})" busybox:1.37 sleep 1000000
quietly docker create --name diff-new busybox:1.37 echo never
quietly docker run --network none --name diff-failed busybox:1.37 sh -c 'exit 3'
quietly docker run -d --name diff-held busybox:1.37 sleep 1000
quietly docker pause diff-held
docker ps -a --filter label=io.x-k8s.kind.cluster --format '{{.Label "io.x-k8s.kind.cluster"}}'
docker ps -a --filter label=io.x-k8s.kind.cluster=diff --format '{{.Names}}'
docker ps -a --filter label=role --format '{{.Names}}'
docker ps -a --filter label=role=front --format '{{.Names}}'
docker ps -a --filter label=role= --format '{{.Names}}'
docker ps -a --filter label=role=back --format '{{.Names}}'
docker ps -a --filter label=io.x-k8s.kind.cluster=diff --filter label=role=front --format '{{.Names}}'
docker ps --filter name=diff-
docker ps -a --filter name=diff-
docker ps -a --no-trunc --filter name=diff-
docker ps -a -s --filter name=diff-new --format '{{.Names}}'
docker ps -q --filter name=diff-
docker ps -q -f name=diff-web
docker ps -aq --filter name=diff-
docker ps -aq --no-trunc --filter name=diff-
docker ps -l --format '{{.Names}}'
docker ps -n 2 --format '{{.Names}}'
docker ps --last=3 --format '{{.Names}}'
docker ps -n 0 -q | wc -l
docker ps -n -1 --filter name=diff- --format '{{.Names}}'
docker container ls --filter name=diff- --format '{{.Names}}'
docker container list --filter name=diff- --format '{{.Names}}'
docker container ps --filter name=diff- --format '{{.Names}}'
docker ps -a --filter 'name=^/diff-db$' --format '{{.Names}}'
docker ps -a --filter 'name=^diff-db$' --format '{{.Names}}'
docker ps -a --filter 'name=^iff-db$' --format '{{.Names}}'
docker ps -a --filter 'name=diff-(db|new)' --format '{{.Names}}'
docker ps -a --filter 'name=[' --format '{{.Names}}'
docker ps -a --filter status=running --filter name=diff- --format '{{.Names}}'
docker ps -a --filter status=exited --filter name=diff- --format '{{.Names}}'
docker ps -a --filter status=created --filter name=diff- --format '{{.Names}}'
docker ps -a --filter status=paused --filter name=diff- --format '{{.Names}}'
docker ps -a --filter status=dead --filter status=restarting --filter name=diff- --format '{{.Names}}'
docker ps --filter status=exited --filter name=diff- --format '{{.Names}}'
docker ps -a --filter status=nonesuch
docker ps -a --filter exited=3 --format '{{.Names}}'
docker ps -a --filter exited=0 --filter name=diff- --format '{{.Names}}'
docker ps -a --filter exited=x
docker ps -a --filter id=$(docker ps -q --filter name=diff-db) --format '{{.Names}}'
docker ps -a --filter id=nonesuch --format '{{.Names}}'
docker ps -a --filter ancestor=busybox:1.37 --filter name=diff- --format '{{.Names}}'
docker ps -a --filter ancestor=nonesuch --format '{{.Names}}'
docker ps -a --filter ancestor=busybox --filter name=diff- --format '{{.Names}}'
docker ps -a --filter network=bridge --filter name=diff- --format '{{.Names}}'
docker ps -a --filter network=nonesuch --format '{{.Names}}'
docker ps -a --filter publish=18080 --format '{{.Names}}'
docker ps -a --filter publish=18443/udp --format '{{.Names}}'
docker ps -a --filter publish=18443/tcp --format '{{.Names}}'
docker ps -a --filter publish=18000-18500/udp --format '{{.Names}}'
docker ps -a --filter expose=80 --filter name=diff- --format '{{.Names}}'
docker ps -a --filter publish=x
docker ps -a --filter before=diff-new --filter name=diff- --format '{{.Names}}'
docker ps -a --filter since=diff-new --filter name=diff- --format '{{.Names}}'
docker ps -a --filter since=nonesuch --format '{{.Names}}'
docker ps -a --filter volume=/nonesuch --format '{{.Names}}'
docker ps -a --filter health=none --filter name=diff- --format '{{.Names}}'
docker ps -a --filter is-task=maybe
docker ps -a --filter nonesuch=1
docker ps -a --filter bare
docker ps -a --filter =x
docker ps -a --filter ''
docker ps -a --filter name=diff- --format '{{.ID}}|{{.Names}}|{{.Image}}|{{.Command}}|{{.State}}|{{.Networks}}|{{.Mounts}}|{{.LocalVolumes}}'
docker ps -a --filter name=diff- --format '{{.Names}}|{{.Ports}}'
docker ps -a --filter name=diff- --format '{{.Names}}|{{.Status}}|{{.RunningFor}}'
docker ps -a --filter name=diff- --format '{{.Names}}|{{.CreatedAt}}'
docker ps -a --filter name=diff-web --format '{{.Labels}}' | tr , '\n' | sort
docker ps -a --filter name=diff-new --format '{{.Labels}}'
docker ps -a --filter name=diff- --format '{{.ID }}' | wc -l
docker ps -a --filter name=diff- --format json | keys
docker ps -a --filter name=diff-web --format json | jq 'del(.CreatedAt,.ID,.RunningFor,.Status,.Size,.Ports,.Labels)'
docker ps -a --filter name=diff- --format '{{json .Names}} {{json .Ports}}'
docker ps --filter name=diff- --format 'table {{.Names}}\t{{.Image}}\t{{.Ports}}'
docker ps -a --filter name=diff- --format "table {{.Names}}	{{.State}}"
docker ps -a --filter name=diff- --format 'table {{.Label "role"}}\t{{.Names}}'
docker ps -a --filter name=nonesuch --format 'table {{.Names}}\t{{.Image}}'
docker ps -a --filter name=diff- --format 'table {{.Names}}'
docker ps -a --filter name=diff- --format table
docker ps -a --filter name=diff- --format raw | grep -v -e container_id -e created -e status -e labels
docker ps -a --filter name=diff- --format '{{upper .Names}}'
docker ps -a --filter name=diff-web --format '{{slice .Names 0 4}} {{len .Names}} {{eq .State "running"}}'
docker ps -a --filter name=diff-web --format '{{if eq .State "running"}}yes{{else}}no{{end}}'
docker ps -a --filter name=diff-web --format '{{printf "%-10s|%q" .Names .Image}}'
docker ps -a --filter name=diff-web --format '{{join (split .Names "-") "+"}} {{title .State}} {{pad .Names 2 3}}|{{truncate .Names 6}}'
docker ps -a --filter name=diff-web --format '{{.Names}}\n{{.State}}'
docker ps -a --filter name=diff- --format '{{.Nonesuch}}'
docker ps -a --filter name=diff- --format '{{.ID'
docker ps -a --filter name=diff- --format '{{nonesuch .ID}}'
docker ps -a --filter name=diff- --format '{{end}}'
docker ps -a --filter name=diff- --format '{{.Label}}'
docker ps -a --filter name=diff- --format '{{.Label "a" "b"}}'
docker ps -a --filter name=nonesuch --format '{{.Nonesuch}}'
docker ps -a --filter name=diff- --format 'plain'
docker ps -a --filter name=diff- --format ''
docker ps -aq --filter name=diff- --format '{{.Names}}'

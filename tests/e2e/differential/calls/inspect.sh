# docker inspect of containers, and of whatever else has the name.
quietly docker run -d --name diff-node --hostname diff-node --label io.x-k8s.kind.role=control-plane --label desktop.docker.io/ports/6443/tcp=127.0.0.1:16443 -p 127.0.0.1:16443:6443/tcp -p 17000:7000/udp -e B='two words' --restart=on-failure:1 --tmpfs /scratch --tmpfs /run:size=64m -v /tmp/diff:/host:ro -v /anonymous busybox:1.37 sleep 1000000
quietly docker run -d --name diff-plain kini/test:1
quietly docker run --network none --name diff-stopped --label empty= busybox:1.37 sh -c 'exit 3'
quietly docker create --name diff-created busybox:1.37 true
docker inspect --format '{{ index .Config.Labels "io.x-k8s.kind.role"}}' diff-node
docker inspect --format '{{ index .Config.Labels "io.x-k8s.kind.role"}}' diff-stopped
docker inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}},{{.GlobalIPv6Address}}{{end}}' diff-node
docker inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}},{{.GlobalIPv6Address}}{{end}}' diff-stopped
docker inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}},{{.GlobalIPv6Address}}{{end}}' diff-created
docker inspect --format '{{ index .Config.Labels "desktop.docker.io/ports/6443/tcp" }}' diff-node
docker inspect --format '{{ with (index (index .NetworkSettings.Ports "6443/tcp") 0) }}{{ printf "%s	%s" .HostIp .HostPort }}{{ end }}' diff-node
docker inspect --format '{{ with (index (index .NetworkSettings.Ports "1/tcp") 0) }}{{ printf "%s	%s" .HostIp .HostPort }}{{ end }}' diff-node
docker inspect --format '{{ with (index (index .NetworkSettings.Ports "6443/tcp") 0) }}{{ printf "%s	%s" .HostIp .HostPort }}{{ end }}' diff-stopped
docker inspect '--format={{(index (index .NetworkSettings.Ports "6443/tcp") 0).HostPort}}' diff-node
docker inspect -f '{{json .NetworkSettings.Ports}}' diff-node
docker inspect -f '{{ json .NetworkSettings.Ports }}' diff-plain
docker inspect -f '{{json .NetworkSettings.Ports}}' diff-stopped
docker inspect -f '{{json .NetworkSettings.Ports}}' diff-created
docker inspect -f '{{.State.Running}}' diff-node
docker inspect -f '{{.State.Running}} {{.State.Status}} {{.State.ExitCode}} {{.State.Paused}} {{.State.Pid}}' diff-stopped
docker inspect -f '{{.State.Running}} {{.State.Status}} {{.State.ExitCode}} {{.State.Paused}} {{.State.Pid}}' diff-created
docker inspect -f '{{.State.Status}} {{.State.Error}} {{.State.OOMKilled}} {{.State.Dead}} {{.State.Restarting}} {{.RestartCount}}' diff-node
docker inspect -f '{{.State.StartedAt}} {{.State.FinishedAt}}' diff-node
docker inspect -f '{{.State.StartedAt}} {{.State.FinishedAt}}' diff-stopped
docker inspect -f '{{.State.StartedAt}} {{.State.FinishedAt}}' diff-created
docker inspect -f '{{if gt .State.Pid 0}}pid{{end}}' diff-node
docker inspect -f '{{json .State}}' diff-node | keys
docker inspect -f '{{json .State}}' diff-stopped | keys
docker inspect -f '{{json .NetworkSettings.Networks.kind}}' diff-node
docker inspect -f '{{json .NetworkSettings.Networks.nonesuch}}' diff-node
docker inspect -f '{{json .NetworkSettings.Networks.bridge}}' diff-node | keys
docker inspect -f '{{.NetworkSettings.Networks.bridge.IPAddress}}' diff-node
docker inspect -f '{{.NetworkSettings.Networks.kind.IPAddress}}' diff-node
docker inspect -f '{{.NetworkSettings.IPAddress}} {{.NetworkSettings.Gateway}} {{.NetworkSettings.MacAddress}}' diff-node
docker inspect -f '{{.Config.Image}} {{.Image}}' diff-node
docker inspect -f '{{range .Mounts}}{{.Destination}} <- {{.Source}}{{"\n"}}{{end}}' diff-node | sort
docker inspect -f '{{json .Mounts}}' diff-node | jq -S 'sort_by(.Destination)'
docker inspect -f '{{json .Config}}' diff-node | jq -S .
docker inspect -f '{{json .Config}}' diff-plain | jq -S .
docker inspect -f '{{json .Config}}' diff-created | jq -S .
docker inspect -f '{{json .HostConfig}}' diff-node | jq -S .
docker inspect -f '{{json .HostConfig}}' diff-created | jq -S .
docker inspect -f '{{.Name}} {{.Path}} {{json .Args}} {{.Driver}} {{.Platform}}' diff-node
docker inspect -f '{{.Name}} {{.Path}} {{json .Args}}' diff-plain
docker inspect -f '{{.Id}} {{.Created}} {{.LogPath}}' diff-node
docker inspect -f '{{.ID}}' diff-node
docker inspect -f '{{.ID}} {{.Nonesuch}}' diff-node
docker inspect -f '{{.id}}' diff-node
docker inspect -f '{{ index . "Id" }}' diff-node
docker inspect -f '{{.Config.Env}} {{.Config.Cmd}} {{.Config.Labels}}' diff-node
docker inspect -f '{{.HostConfig.RestartPolicy}} {{.HostConfig.PortBindings}} {{.HostConfig.Binds}}' diff-node
docker inspect -f '{{.State}}' diff-created
docker inspect -f '{{.NetworkSettings.Ports}}' diff-node
docker inspect -f '{{range $p, $b := .NetworkSettings.Ports}}{{$p}} {{(index $b 0).HostPort}} {{end}}' diff-node
docker inspect -f '{{range $i, $e := .Config.Env}}{{if $i}},{{end}}{{$e}}{{end}}' diff-plain
docker inspect -f '{{len .Mounts}} {{index .Config.Cmd 0}} {{index .Config.Cmd 9}}' diff-node
docker inspect -f '{{.Nonesuch}}' diff-node
docker inspect -f '{{.State.Nonesuch}}' diff-node
docker inspect -f '{{.State.Running.Deeper}}' diff-node
docker inspect -f '{{index .Config.Labels "nonesuch"}}' diff-created
docker inspect -f '{{.State' diff-node
docker inspect -f '{{nonesuch}}' diff-node
docker inspect -f '{{index .Config.Cmd "a"}}' diff-node
docker inspect -f '{{template "x"}}' diff-node
docker inspect -f '' diff-node | jq -r '.[].Name'
docker inspect -f 'plain' diff-node diff-plain
docker inspect -f json diff-node | jq -r '.[].Name'
docker inspect -f '{{json .}}' diff-node | jq -r .Name
docker inspect diff-node | keys
docker inspect diff-plain | keys
docker inspect diff-stopped | keys
docker inspect diff-created | keys
docker inspect diff-node | head -3
docker inspect diff-node | tail -3
docker inspect nonesuch
docker inspect -f '{{.Id}}' nonesuch
docker inspect -f '{{.Name}}' diff-node nonesuch diff-plain
docker inspect nonesuch1 nonesuch2
docker inspect diff-created nonesuch | jq -r '.[].Name'
docker inspect -f '{{.Name}}' diff-node diff-stopped diff-created
docker inspect -f '{{.Name}}' $(docker ps -q --filter name=diff-node)
docker inspect -f '{{.Name}}' $(docker ps -q --no-trunc --filter name=diff-node)
docker inspect -f '{{.Name}}' $(docker ps -q --filter name=diff-node | cut -c1-7)
docker inspect -f '{{.Name}}' /diff-node
docker inspect -f '{{.Name}}' ''
docker inspect --type=container -f '{{.Name}}' diff-node
docker inspect --type=container nonesuch
docker inspect --type=image diff-node
docker inspect --type=network diff-node
docker inspect --type=volume nonesuch
docker inspect --type=nonesuch diff-node
docker inspect --type= -f '{{.Name}}' diff-node
docker inspect -s -f '{{.Name}}' diff-node
docker container inspect -f '{{.Name}}' diff-node
docker container inspect nonesuch
docker container inspect diff-node nonesuch -f '{{.Name}}'
docker container inspect kini/test:1
docker inspect bridge -f '{{.Name}}'
docker inspect diff-node bridge kini/test:1 -f '{{.Id}}'
docker inspect bridge | jq -r '.[0].IPAM.Driver'
docker port diff-node
docker port diff-node 6443
docker port diff-node 6443/tcp
docker port diff-node 6443/udp
docker port diff-node 7000/udp
docker port diff-node 1
docker port diff-node x
docker port diff-node 6443/nonesuch
docker port diff-plain
docker port diff-stopped
docker port nonesuch
docker port nonesuch 80
quietly docker pause diff-plain
docker inspect -f '{{.State.Status}} {{.State.Running}} {{.State.Paused}} {{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' diff-plain
quietly docker unpause diff-plain

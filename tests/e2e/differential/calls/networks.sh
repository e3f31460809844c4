# Networks.
docker network ls --filter 'name=^bridge$' '--format={{.Name}}'
docker network ls --filter 'name=^nonesuch$' '--format={{.ID}}'
docker network ls --filter 'name=^bridge$' '--format={{.ID}}'
docker network ls --filter 'name=^bridge$' '--format={{.ID}} {{.Driver}} {{.Scope}} {{.IPv6}} {{.Internal}} {{.Labels}}'
docker network ls -q --filter name=bridge
docker network ls --no-trunc -q --filter name=bridge
docker network ls --filter name=bridge
docker network ls --filter name=nonesuch
docker network ls --filter driver=null --format '{{.Name}}'
docker network ls --filter driver=bridge --filter name=bridge --format '{{.Name}}'
docker network ls --filter type=builtin --format '{{.Name}}'
docker network ls --filter type=custom --format '{{.Name}}' | grep -v kind
docker network ls --filter type=nonesuch
docker network ls --filter scope=local --filter name=bridge --format '{{.Name}}'
docker network ls --filter scope=swarm
docker network ls --filter dangling=maybe
docker network ls --filter nonesuch=1
docker network ls --filter 'name=['
docker network ls --filter label=nonesuch
docker network ls --filter bare
docker network ls --format '{{.Nonesuch}}'
docker network ls --format '{{.Name'
docker network ls --format json --filter name=bridge | keys
docker network ls --format 'table {{.Name}}\t{{.Driver}}' --filter name=bridge
docker network create -d=bridge -o com.docker.network.bridge.enable_ip_masquerade=true -o com.docker.network.driver.mtu=1500 diff-net
docker network create diff-net
docker network create --driver bridge diff-net
docker network create --driver nonesuch diff-other
docker network create --subnet nonsense diff-other
docker network create --gateway 10.0.0.1 diff-other
docker network create --ip-range 10.0.0.0/24 diff-other
docker network create --label diff-other
docker network create --label a=b --label c diff-labels
docker network inspect -f '{{json .Labels}}' diff-labels
docker network ls --filter label=a --format '{{.Name}} {{.Label "a"}} {{.Label "c"}}'
docker network ls --filter label=a --format '{{.Labels}}' | tr , '\n' | sort
docker network ls --filter label=a=x --format '{{.Name}}'
docker network create -o a diff-other
docker network create ''
docker network create bridge
docker network create host
docker network create none
docker network create --nonesuch x
docker network ls '--filter=name=^diff-net$' '--format={{.Name}}'
docker network inspect -f '{{.Name}} {{.Driver}} {{.Scope}} {{.Internal}} {{.Attachable}} {{.Ingress}}' diff-net
docker network inspect -f '{{json .Options}}' diff-net
docker network inspect -f '{{json .Labels}}' diff-net
docker network inspect -f '{{len .IPAM.Config}} {{.IPAM.Driver}}' diff-net
docker network inspect -f '{{range (index (index . "IPAM") "Config")}}{{index . "Subnet"}} {{end}}' diff-net
docker network inspect bridge -f '{{ index .Options "com.docker.network.driver.mtu" }}'
docker network inspect diff-net -f '{{(index .IPAM.Config 0).Subnet}}'
docker network inspect -f '{{.IPAM.Config}}' diff-net
docker network inspect diff-net --format '{{range .IPAM.Config}}{{println .Subnet}}{{end}}'
docker network inspect diff-net --format '{{(index .IPAM.Config 0).Gateway}}'
docker network inspect diff-net --format '{{json .Containers}}'
docker network inspect diff-net | keys
docker network inspect bridge | keys | grep -v 'Containers [0-9a-f]'
docker network inspect bridge -f '{{json .Options}}'
docker network inspect bridge -f '{{.Name}} {{.Driver}} {{.Scope}} {{.EnableIPv6}} {{json .Labels}}'
docker network inspect none -f '{{.Name}} {{.Driver}} {{.Scope}} {{json .Options}} {{json .IPAM}}'
docker network inspect host -f '{{.Name}} {{.Driver}} {{.Scope}} {{json .Options}} {{json .IPAM}}'
docker network inspect $(docker network ls -q --filter 'name=^diff-net$') -f '{{.Name}}'
docker network inspect $(docker network ls --no-trunc -q --filter 'name=^diff-net$') -f '{{.Name}}'
docker network inspect nonesuch
docker network inspect -f '{{.Name}}' nonesuch
docker network inspect -f '{{.Name}}' diff-net nonesuch bridge
docker network inspect nonesuch1 nonesuch2
docker network inspect -f '{{.Nonesuch}}' diff-net
docker network inspect -f '{{.Name' diff-net
docker network inspect -f '{{nonesuch .}}' diff-net
docker network inspect -v -f '{{.Name}}' diff-net
docker inspect -f '{{.Name}}' diff-net
docker inspect --type network -f '{{.Name}}' diff-net
docker inspect --type network nonesuch
quietly docker run -d --name diff-member --network diff-net busybox:1.37 sleep 1000
docker network inspect -f '{{range .Containers}}{{.Name}}{{println}}{{end}}' diff-net
docker network inspect diff-net | keys
docker inspect -f '{{range $k, $v := .NetworkSettings.Networks}}{{$k}}{{end}} {{.HostConfig.NetworkMode}}' diff-member
docker ps --filter network=diff-net --format '{{.Names}} {{.Networks}}'
docker network rm diff-net
docker network rm bridge
docker network rm host none
docker network rm nonesuch
docker network rm -f nonesuch
docker network rm nonesuch diff-labels
quietly docker rm -f diff-member
docker network rm diff-net
docker network rm diff-net
docker network rm -f diff-net
quietly docker network create diff-one
quietly docker network create diff-two
docker network rm diff-one nonesuch diff-two
docker run -d --name diff-unreachable --network nonesuch busybox:1.37 sleep 1000
quietly docker ps -aq --filter name=diff-unreachable | xargs -r docker rm -f

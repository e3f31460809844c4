# The daemon.
docker info --format '{{json .}}' | jq -r '[.CgroupDriver, .CgroupVersion, .MemoryLimit, .PidsLimit, .CPUShares, .SecurityOptions] | map(type) | join(" ")'
docker info --format '{{json .}}' | wc -l
docker info --format '{{json .}}' | keys
docker info --format json | keys
docker info --format "'{{json .SecurityOptions}}'" | wc -l
docker info -f '{{.Driver}}' | wc -l
docker info -f '{{json .DriverStatus }}' | jq -r 'map(length) | unique'
docker info -f '{{.OSType}} {{.Architecture}} {{.NCPU}}'
docker info -f '{{.KernelVersion}} {{.MemTotal}}'
docker info -f '{{.OperatingSystem}}'
docker info -f '{{.CgroupVersion}} {{.CgroupDriver}}'
docker info -f '{{.MemoryLimit}} {{.PidsLimit}} {{.CPUShares}}'
docker info -f '{{.SecurityOptions}}'
docker info -f '{{.Containers}} {{.ContainersRunning}} {{.ContainersPaused}} {{.ContainersStopped}}'
docker info -f '{{.Name}}'
docker info -f '{{.Nonesuch}}'
docker info -f '{{.Driver'
docker info -f '{{json .Swarm.LocalNodeState}}'
docker info -f '{{range .Plugins.Network}}{{println .}}{{end}}'
docker info -f '{{.Debug}} {{.HttpProxy}} {{.LiveRestoreEnabled}}'
docker info -f '{{.ServerErrors}} {{.ClientInfo.Context}} {{.IndexServerAddress}}'
docker info 2>/dev/null | grep -c .
docker info 2>/dev/null | sed -n 's/:.*//p' | head -12
docker info 2>/dev/null | tail -c 1 | od -c

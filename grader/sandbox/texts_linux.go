package sandbox

import (
	"os"
	"strings"

	"wirelab/lessons"
)

func whyNamespaces() lessons.Text {
	return lessons.Text{
		EN: "no process, network or mount of this machine is within sight",
		ES: "no queda a la vista ningún proceso, red ni montaje de esta máquina",
	}
}

func whyRoot() lessons.Text {
	return lessons.Text{EN: "an empty, read-only root", ES: "una raíz vacía y de solo lectura"}
}

func whyNoRoot() lessons.Text {
	return lessons.Text{EN: "it takes a namespace of mounts", ES: "necesita un espacio de nombres de montajes"}
}

func whySeccomp() lessons.Text {
	return lessons.Text{
		EN: "an allow-list of system calls: no other programs, no processes, no network",
		ES: "una lista de llamadas al sistema permitidas: ni otros programas, ni procesos, ni red",
	}
}

func whyNoLandlock() lessons.Text {
	return lessons.Text{EN: "this kernel does not offer it", ES: "este núcleo no lo ofrece"}
}

func whyMemory(t *tree) lessons.Text {
	if t == nil {
		return lessons.Text{
			EN: "a watchdog looks at what each program uses: control groups are not for this user",
			ES: "un vigilante observa lo que usa cada programa: este usuario no dispone de grupos de control",
		}
	}
	return textf("control groups, version %d", "grupos de control, versión %d", t.version)
}

func whyLimits() lessons.Text {
	return lessons.Text{
		EN: "CPU time, time, threads, descriptors, file size, output",
		ES: "tiempo de CPU, tiempo, hilos, descriptores, tamaño de archivos, salida",
	}
}

func headWeaker() lessons.Text {
	return lessons.Text{
		EN: "The sandbox had its weaker wall only: this machine refuses namespaces, so submitted code was held by seccomp, landlock and limits.",
		ES: "El sandbox solo tuvo su muro más débil: esta máquina deniega los espacios de nombres, así que al código entregado lo contuvieron seccomp, landlock y los límites.",
	}
}

// wallHint says how to get a wall that the kernel refused.
func wallHint(wall string) lessons.Text {
	switch wall {
	case "root", "namespaces", "rights":
		return namespacesHint()
	case "seccomp", "landlock":
		return textf("use a kernel that was built with %s (5.13 or newer); a container's own profile can refuse it too",
			"usa un núcleo compilado con %s (5.13 o posterior); también puede denegarlo el perfil de un contenedor", wall)
	}
	return reportHint()
}

// namespacesHint names the switch that this machine has against namespaces, if it is one of those in use.
func namespacesHint() lessons.Text {
	for _, s := range []struct{ path, off, fix string }{
		{"/proc/sys/user/max_user_namespaces", "0", "user.max_user_namespaces=10000"},
		{"/proc/sys/kernel/unprivileged_userns_clone", "0", "kernel.unprivileged_userns_clone=1"},
		{"/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1", "kernel.apparmor_restrict_unprivileged_userns=0"},
	} {
		if b, err := os.ReadFile(s.path); err == nil && strings.TrimSpace(string(b)) == s.off {
			return textf("run `sudo sysctl -w %s`, or run the grader as root", "ejecuta `sudo sysctl -w %s`, o lanza el calificador como root", s.fix)
		}
	}
	return lessons.Text{
		EN: "run the grader as root, outside of a container, or in one started with --privileged; say --sandbox=off only if you trust this code",
		ES: "lanza el calificador como root, fuera de un contenedor, o en uno iniciado con --privileged; usa --sandbox=off solo si confías en este código",
	}
}

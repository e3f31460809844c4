/**
 * `kini doctor` on Incus with OCI containers: each fault is made, found, and
 * mended by the commands that were printed for it.
 */
import { DoctorHost } from "./doctor/doctor_host.ts";
import { ociFaults } from "./doctor/server_faults.ts";
import { showDoctor } from "./doctor/show_doctor.ts";

showDoctor(new DoctorHost("incus"), { more: ociFaults, never: {} });

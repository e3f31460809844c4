/**
 * `kini doctor` on Canonical LXD: each fault is made, found, and mended by the
 * commands that were printed for it.
 */
import { DoctorHost } from "./doctor/doctor_host.ts";
import { lxcFaults } from "./doctor/server_faults.ts";
import { showDoctor } from "./doctor/show_doctor.ts";

showDoctor(new DoctorHost("lxd"), {
  more: lxcFaults,
  never: {
    "oci-tools": "LXD has no OCI containers, and needs no tools for them",
  },
});

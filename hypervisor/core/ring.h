/* Event rings: the ports of the parent's that were rung, for each of its VPs
 * and SINTs (SIRBP). docs/guests.md, "Events" */
/* SPDX-License-Identifier: MIT */
#ifndef CORE_RING_H
#define CORE_RING_H

struct port;
struct vp;

/* A doorbell is rung. With the connection's lock, so that the port stays. */
void ring_port(struct port *port);

/* The port is about to end, and nobody rings it any more. */
void ring_forget(struct port *port);

/* Ports that wait for the parent's VP of this processor go into its rings, as
 * far as there is room; to its first VP when it has none any more. */
void ring_serve(struct vp *vp);

/* The VP of this processor may have turned its rings on or off. When they are
 * off its first VP gets what was in them. */
void ring_turned(struct vp *vp);

#endif

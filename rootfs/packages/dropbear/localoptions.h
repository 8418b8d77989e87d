/* What differs from dropbear's defaults: keys only, no forwarding but to Unix
 * sockets here (a VM's screen). */
#define DROPBEAR_SVR_PASSWORD_AUTH 0
#define DROPBEAR_SVR_PAM_AUTH 0
#define DROPBEAR_SVR_AGENTFWD 0
#define DROPBEAR_CLI_AGENTFWD 0
#define DROPBEAR_SVR_LOCALTCPFWD 0
#define DROPBEAR_SVR_REMOTETCPFWD 0
#define DROPBEAR_SVR_LOCALSTREAMFWD 1
#define DROPBEAR_CLI_LOCALTCPFWD 0
#define DROPBEAR_CLI_REMOTETCPFWD 0
#define DROPBEAR_X11FWD 0
#define DROPBEAR_DSS 0
#define DROPBEAR_RSA_SHA1 0
#define DROPBEAR_3DES 0
#define DROPBEAR_ENABLE_CBC_MODE 0
#define DROPBEAR_SHA1_HMAC 0
#define DROPBEAR_DH_GROUP14_SHA1 0
#define DROPBEAR_DH_GROUP1 0
#define INETD_MODE 0
#define DO_MOTD 0
#define DROPBEAR_SFTPSERVER 1
#define SFTPSERVER_PATH "/usr/lib/sftp-server"
#define DEFAULT_PATH "/sbin:/usr/sbin:/bin:/usr/bin"
#define DEFAULT_ROOT_PATH "/sbin:/usr/sbin:/bin:/usr/bin"
#define MAX_AUTH_TRIES 3
#define ED25519_PRIV_FILENAME "/run/socle/ssh_host_ed25519_key"

State       Recv-Q  Send-Q  Local Address:Port  Peer Address:Port  Process
LISTEN      1       5       0.0.0.0:8080        0.0.0.0:*
LISTEN      0       4096    [::1]:80            [::]:*
ESTAB       5       0       10.0.0.2:8080       10.0.0.1:40000
CLOSE-WAIT  6       0       10.0.0.2:8080       10.0.0.1:40000
SYN-SENT    0       1       10.0.0.2:8080       10.0.0.1:40000     timer:(on,516ms,1)
SYN-RECV    0       0       10.0.0.2:8080       10.0.0.1:40000     timer:(on,1sec,0)
SYN-RECV    0       1       10.0.0.2:8080       10.0.0.1:40000
FIN-WAIT-1  0       1       10.0.0.2:8080       10.0.0.1:40000     timer:(on,120ms,0)
FIN-WAIT-1  0       8       10.0.0.2:8080       10.0.0.1:40000
CLOSING     1       1       10.0.0.2:8080       10.0.0.1:40000     timer:(on,232ms,0)
FIN-WAIT-2  0       0       10.0.0.2:8080       10.0.0.1:40000     timer:(timewait,59sec,0)
TIME-WAIT   0       0       10.0.0.2:8080       10.0.0.1:40000     timer:(timewait,1min,0)
ESTAB       0       0       10.0.0.2:8080       10.0.0.1:40000     timer:(persist,804ms,1)
ESTAB       0       0       10.0.0.2:8080       10.0.0.1:40000     timer:(keepalive,120min,0)

package host

import "provbox/provd/python"

// readService is the base of TFTP services.
var readService = python.NewBuiltinClass(python.ClassSpec{Name: "AbstractTFTPReadService", Module: "wazo_provd.servers.tftp.service"})

// tftpFileService serves the directory it is made with; as with HTTP, the box
// does the serving.
var tftpFileService = python.NewBuiltinClass(python.ClassSpec{
	Name: "TFTPFileService", Module: "wazo_provd.servers.tftp.service", Bases: []*python.Class{readService},
	Methods: map[string]python.MethodFunc{
		"__init__": func(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var path python.Value
			if err := python.Unpack("TFTPFileService", args, kwargs, "path", &path); err != nil {
				return nil, err
			}
			return python.None, setAll(t, self, "path", path)
		},
	},
})

// tftpNullService rejects every request.
var tftpNullService = python.NewBuiltinClass(python.ClassSpec{
	Name: "TFTPNullService", Module: "wazo_provd.servers.tftp.service", Bases: []*python.Class{readService},
	Methods: map[string]python.MethodFunc{
		"__init__": func(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			code, msg := python.Value(python.Bytes("\x00\x01")), python.Value(python.Str("File not found"))
			if err := python.Unpack("TFTPNullService", args, kwargs, "errcode?", &code, "errmsg?", &msg); err != nil {
				return nil, err
			}
			return python.None, setAll(t, self, "errcode", code, "errmsg", msg)
		},
	},
})

func tftpModule() module {
	return module{
		"AbstractTFTPReadService": readService,
		"TFTPFileService":         tftpFileService,
		"TFTPNullService":         tftpNullService,
		"TFTPRequest":             python.DictClass, // only annotations name it
	}
}

// packetModule has the codes of RFC 1350 sections 5 and 7 as they stand in a
// packet.
func packetModule() module {
	m := module{"Packet": python.DictClass} // only annotations name it
	for i, name := range []string{"RRQ", "WRQ", "DATA", "ACK", "ERR", "OACK"} {
		m["OP_"+name] = python.Bytes([]byte{0, byte(i + 1)})
	}
	for i, name := range []string{"UNDEF", "FNF", "ACCESS", "ALLOC", "ILL", "UNKNWN_TID", "FEXIST", "NO_USER"} {
		m["ERR_"+name] = python.Bytes([]byte{0, byte(i)})
	}
	return m
}

// SPDX-License-Identifier: Apache-2.0

// Serves the smallest useful chaincode through the official library for Go; the benchmarks' PutGetWorker is the same
// through ours. It is built where the modules can be had:
//
//	go mod init chaincode && go mod tidy && go build -o chaincode
package main

import (
	"fmt"
	"io"
	"os"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
)

type putGet struct{}

func (putGet) Init(shim.ChaincodeStubInterface) *peer.Response { return shim.Success(nil) }

func (putGet) Invoke(stub shim.ChaincodeStubInterface) *peer.Response {
	function, arguments := stub.GetFunctionAndParameters()
	var value []byte
	var err error
	switch function {
	case "put":
		err = stub.PutState(arguments[0], []byte(arguments[1]))
	case "get":
		value, err = stub.GetState(arguments[0])
	default:
		err = fmt.Errorf("there is no function %s: it is put or get", function)
	}
	if err != nil {
		return shim.Error(err.Error())
	}
	return shim.Success(value)
}

func main() {
	server := shim.ChaincodeServer{
		CCID:     os.Getenv("CORE_CHAINCODE_ID_NAME"),
		Address:  os.Getenv("CHAINCODE_SERVER_ADDRESS"),
		CC:       putGet{},
		TLSProps: shim.TLSProperties{Disabled: true},
	}
	go func() {
		// Whoever started it ends it with its input.
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	if err := server.Start(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

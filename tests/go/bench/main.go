// SPDX-License-Identifier: Apache-2.0

// Calls the network through the official client library for Go, as commanded line by line; the benchmarks'
// MicroCreds.Ledger.BenchmarkClient is the same through ours. It is built where the modules can be had:
//
//	go mod init bench && go mod tidy && go build -o client
package main

import (
	"bufio"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hyperledger/fabric-gateway/pkg/client"
	"github.com/hyperledger/fabric-gateway/pkg/hash"
	"github.com/hyperledger/fabric-gateway/pkg/identity"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
)

type command struct {
	Submit    bool   `json:"submit"`
	Chaincode string `json:"chaincode"`
	Calls     int    `json:"calls"`
	InFlight  int    `json:"inFlight"`
	Prefix    string `json:"prefix"`
	Value     string `json:"value"`
}

type result struct {
	Calls           int     `json:"calls"`
	Seconds         float64 `json:"seconds"`
	P50Milliseconds float64 `json:"p50Milliseconds"`
	P99Milliseconds float64 `json:"p99Milliseconds"`
}

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return value
}

func read(variable string) []byte { return must(os.ReadFile(os.Getenv(variable))) }

func connect() (*client.Gateway, *grpc.ClientConn) {
	authorities := x509.NewCertPool()
	authorities.AddCert(must(identity.CertificateFromPEM(read("PEER_TLS_CA"))))
	connection := must(grpc.NewClient("dns:///"+os.Getenv("PEER"), grpc.WithTransportCredentials(
		credentials.NewClientTLSFromCert(authorities, os.Getenv("PEER_TLS_NAME")))))
	certificate := must(identity.CertificateFromPEM(read("CERTIFICATE")))
	id := must(identity.NewX509Identity(os.Getenv("MSP_ID"), certificate))
	sign := must(identity.NewPrivateKeySign(must(identity.PrivateKeyFromPEM(read("PRIVATE_KEY")))))
	return must(client.Connect(id, client.WithSign(sign), client.WithHash(hash.SHA256),
		client.WithClientConnection(connection))), connection
}

func call(contract *client.Contract, told command, number int) {
	if told.Submit {
		must(contract.SubmitTransaction("put", told.Prefix+"-"+strconv.Itoa(number), told.Value))
	} else {
		must(contract.EvaluateTransaction("get", told.Prefix+"-0"))
	}
}

func run(network *client.Network, told command) result {
	contract := network.GetContract(told.Chaincode)
	milliseconds := make([]float64, told.Calls)
	var next atomic.Int64
	var lanes sync.WaitGroup
	begin := time.Now()
	for range min(told.InFlight, told.Calls) {
		lanes.Go(func() {
			for n := int(next.Add(1)) - 1; n < told.Calls; n = int(next.Add(1)) - 1 {
				start := time.Now()
				call(contract, told, n)
				milliseconds[n] = float64(time.Since(start).Microseconds()) / 1000
			}
		})
	}
	lanes.Wait()
	seconds := time.Since(begin).Seconds()
	sort.Float64s(milliseconds)
	percentile := func(share float64) float64 {
		return milliseconds[min(told.Calls-1, int(share*float64(told.Calls)))]
	}
	return result{told.Calls, seconds, percentile(0.5), percentile(0.99)}
}

func main() {
	gateway, connection := connect()
	defer connection.Close()
	defer gateway.Close()
	network := gateway.GetNetwork(os.Getenv("CHANNEL"))
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var told command
		if err := json.Unmarshal(lines.Bytes(), &told); err != nil {
			must(0, err)
		}
		fmt.Println(string(must(json.Marshal(run(network, told)))))
	}
}

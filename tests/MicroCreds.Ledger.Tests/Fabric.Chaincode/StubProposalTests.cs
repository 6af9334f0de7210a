using System.Buffers.Binary;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Google.Protobuf;
using MicroCreds.Fabric.Chaincode;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Msp;
using MicroCreds.Fabric.Protocol.Peer;
using Xunit;
using Response = MicroCreds.Fabric.Chaincode.Response;
using Type = MicroCreds.Fabric.Protocol.Peer.ChaincodeMessage.Types.Type;

namespace MicroCreds.Ledger.Tests.Fabric.Chaincode;

public sealed class StubProposalTests
{
    [Fact]
    public async Task Proposal_Read_GivesTimeCreatorBindingAndTransientData()
    {
        var proposal = TestProposal.Make(TestProposal.Creator, ("salt", "s3cret"));
        var response = await RunAsync(proposal, stub =>
        {
            byte[] epoch = new byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(epoch, 0);
            byte[] binding = SHA256.HashData([.. TestProposal.Nonce, .. TestProposal.Creator, .. epoch]);
            Assert.Equal(binding, stub.Binding.ToArray());
            Assert.Equal(TestProposal.Time, stub.Timestamp);
            Assert.Equal(TestProposal.Creator.ToByteArray(), stub.Creator.ToArray());
            Assert.Equal(proposal, stub.SignedProposal);
            Assert.Equal("s3cret", Encoding.UTF8.GetString(stub.Transient["salt"].Span));
            Assert.Empty(stub.Decorations);
            Assert.False(stub.IsInit);
        });
        Assert.Equal("", response.Message);
    }

    [Fact]
    public async Task Identity_OfAClient_HasMspAttributesAndUnits()
    {
        var response = await RunAsync(TestProposal.Default, stub =>
        {
            var client = stub.ClientIdentity;
            Assert.Equal("AuroraMSP", client.MspId);
            Assert.Equal("issuer", client.GetAttribute("microcreds.role"));
            Assert.True(client.HasAttribute("microcreds.role", "issuer"));
            Assert.False(client.HasAttribute("microcreds.role", "registrar"));
            Assert.Null(client.GetAttribute("other"));
            Assert.Equal(["client"], client.OrganizationalUnits);
            Assert.True(client.HasOrganizationalUnit("client"));
            Assert.Equal(
                "x509::CN=registrar,OU=client,O=Aurora::CN=registrar,OU=client,O=Aurora",
                Encoding.UTF8.GetString(Convert.FromBase64String(client.Id)));
            Assert.Contains("CN=registrar", client.Certificate.Subject, StringComparison.Ordinal);
        });
        Assert.Equal("", response.Message);
    }

    /// <summary>A CA written in Go puts several units into one set; the id must be the one that Go gives.</summary>
    [Fact]
    public async Task Identity_WithSeveralUnitsInOneSet_ReadsAsInGo()
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            WriteSet(writer, ("2.5.4.6", "FI"));
            WriteSet(writer, ("2.5.4.11", "client"), ("2.5.4.11", "dept1"));
            WriteSet(writer, ("2.5.4.3", " a, \"b\"#"));
        }

        string pem = TestProposal.Certificate(new X500DistinguishedName(writer.Encode()), attributes: null);
        var response = await RunAsync(TestProposal.Make(TestProposal.Identity("AuroraMSP", pem)), stub =>
        {
            string id = Encoding.UTF8.GetString(Convert.FromBase64String(stub.ClientIdentity.Id));
            Assert.StartsWith("x509::CN=\\ a\\, \\\"b\\\"#,OU=dept1+OU=client,C=FI::", id, StringComparison.Ordinal);
            Assert.True(stub.ClientIdentity.HasOrganizationalUnit("dept1"));
            Assert.Empty(stub.ClientIdentity.Attributes);
        });
        Assert.Equal("", response.Message);
    }

    /// <summary>Names that cryptogen and Fabric CA write by default, in the order in which Go writes them.</summary>
    [Fact]
    public async Task Identity_WithPlaceAndState_HasTheIdThatGoGives()
    {
        string pem = TestProposal.Certificate(
            "SERIALNUMBER=7, CN=User1@org1.example.com, OU=client, O=Org1, OID.2.5.4.17=27701, STREET=Main, "
                + "L=San Francisco, S=California, C=US",
            attributes: null);
        var response = await RunAsync(TestProposal.Make(TestProposal.Identity("Org1MSP", pem)), stub =>
        {
            string id = Encoding.UTF8.GetString(Convert.FromBase64String(stub.ClientIdentity.Id));
            Assert.StartsWith(
                "x509::SERIALNUMBER=7,CN=User1@org1.example.com,OU=client,O=Org1,POSTALCODE=27701,STREET=Main,"
                    + "L=San Francisco,ST=California,C=US::",
                id, StringComparison.Ordinal);
        });
        Assert.Equal("", response.Message);
    }

    [Fact]
    public async Task Identity_OfIdemix_HasUnitAndRoleAndNoCertificate()
    {
        var credential = new SerializedIdemixIdentity
        {
            Ou = new OrganizationUnit { OrganizationalUnitIdentifier = "research" }.ToByteString(),
            Role = new MSPRole { Role = MSPRole.Types.MSPRoleType.Client }.ToByteString(),
        };
        var creator = new SerializedIdentity { Mspid = "IdemixMSP", IdBytes = credential.ToByteString() };
        var response = await RunAsync(TestProposal.Make(creator.ToByteString()), stub =>
        {
            var client = stub.ClientIdentity;
            Assert.True(client.IsIdemix);
            Assert.Equal("IdemixMSP", client.MspId);
            Assert.Equal(("research", "client"), (client.GetAttribute("ou"), client.GetAttribute("role")));
            Assert.Empty(client.OrganizationalUnits);
            Assert.Throws<ChaincodeException>(() => client.Certificate);
            _ = client.Id;
        });
        Assert.Contains("has no id: it is an Idemix credential", response.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Arguments_AsText_AndAsOneRunOfBytes()
    {
        var response = await RunAsync(TestProposal.Default, stub =>
        {
            Assert.Equal(["run"], stub.GetStringArguments());
            Assert.Equal("run"u8.ToArray(), stub.GetArgumentBytes());
            Assert.Throws<ChaincodeException>(ChaincodeStub.GetMspId);
        });
        Assert.Equal("", response.Message);
    }

    [Theory]
    [InlineData("not a certificate")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    public async Task Identity_ThatIsNone_IsAClearError(string pem)
    {
        var response = await RunAsync(
            TestProposal.Make(TestProposal.Identity("AuroraMSP", pem)), stub => _ = stub.ClientIdentity);
        Assert.Contains("not an X.509 identity", response.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("""{"attrs":{"a":1}}""")]
    [InlineData("""{"attrs":{"a":"1","a":"2"}}""")]
    public async Task Identity_WithBrokenAttributes_IsAClearError(string attributes)
    {
        string pem = TestProposal.Certificate("CN=x", attributes);
        var response = await RunAsync(
            TestProposal.Make(TestProposal.Identity("AuroraMSP", pem)), stub => _ = stub.ClientIdentity);
        Assert.Contains("attributes in JSON", response.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Proposal_Missing_IsAClearErrorWhereItIsNeeded()
    {
        var response = await RunAsync(null, stub =>
        {
            Assert.Null(stub.SignedProposal);
            _ = stub.Timestamp;
        });
        Assert.Contains("tx1 has no proposal", response.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Proposal_ThatIsGarbage_IsAClearErrorWhereItIsNeeded()
    {
        var garbage = new SignedProposal { ProposalBytes = ByteString.CopyFrom(0xff, 0xff) };
        var response = await RunAsync(garbage, stub => _ = stub.Creator);
        Assert.Contains("cannot be read", response.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task InvokeChaincode_Answered_ReturnsItsResponse()
    {
        await using var run = await StubRun.StartAsync(
            async stub =>
            {
                await stub.PutStateAsync("k", "v"u8.ToArray());
                var good = await stub.InvokeChaincodeAsync("other", ["f", "x"], "channel2");
                var bad = await stub.InvokeChaincodeAsync("other", ["g"]);
                var worse = await stub.InvokeChaincodeAsync("absent", ["g"]);
                return Response.Success($"{good.Status} {Encoding.UTF8.GetString(good.Payload.Span)}, "
                    + $"{bad.Status} {bad.Message}, {worse.Status} {worse.Message}");
            },
            ScriptedPeer.Batches);

        // What was written is at the peer before another chaincode can look.
        await run.Peer.AnswerAsync(await run.Peer.ExpectAsync(Type.WriteBatchState));
        var (first, spec) = await run.Peer.ExpectAsync(Type.InvokeChaincode, ChaincodeSpec.Parser);
        Assert.Equal("other/channel2", spec.ChaincodeId.Name);
        Assert.Equal(["f", "x"], spec.Input.Args.Select(argument => argument.ToStringUtf8()));
        await run.Peer.AnswerAsync(first, Completed(200, "", "result"));
        await run.Peer.AnswerAsync(await run.Peer.ExpectAsync(Type.InvokeChaincode), Completed(404, "no g", ""));
        await run.Peer.RefuseAsync(await run.Peer.ExpectAsync(Type.InvokeChaincode), "no such chaincode");
        Assert.Equal(
            "200 result, 404 no g, 500 no such chaincode",
            (await run.Peer.ExpectResponseAsync()).Payload.ToStringUtf8());
    }

    private static ChaincodeMessage Completed(int status, string message, string payload) =>
        new()
        {
            Type = Type.Completed,
            Payload = new MicroCreds.Fabric.Protocol.Peer.Response
            {
                Status = status,
                Message = message,
                Payload = ByteString.CopyFromUtf8(payload),
            }.ToByteString(),
        };

    private static void WriteSet(AsnWriter writer, params (string Oid, string Value)[] parts)
    {
        using (writer.PushSetOf())
        {
            foreach (var (oid, value) in parts)
            {
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(oid);
                    writer.WriteCharacterString(UniversalTagNumber.UTF8String, value);
                }
            }
        }
    }

    /// <summary>Runs one transaction; what fails in it shows in the response's message.</summary>
    private static async Task<MicroCreds.Fabric.Protocol.Peer.Response> RunAsync(
        SignedProposal? proposal, Action<ChaincodeStub> act)
    {
        await using var server = await TestServer.StartAsync(stub =>
        {
            try
            {
                act(stub);
            }
            catch (Exception e) when (e is not ChaincodeException)
            {
                throw new ChaincodeException(e.ToString());
            }

            return Task.FromResult(Response.Success());
        });
        await using var peer = await ScriptedPeer.ConnectAsync(server.Endpoint);
        await peer.InvokeAsync("tx1", proposal, "run");
        return await peer.ExpectResponseAsync("tx1");
    }
}

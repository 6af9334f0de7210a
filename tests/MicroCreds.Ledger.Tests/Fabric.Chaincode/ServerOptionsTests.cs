using MicroCreds.Fabric.Chaincode;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Chaincode;

public sealed class ServerOptionsTests : IDisposable
{
    private readonly TestAuthority _authority = new("peers");

    [Fact]
    public void Environment_OfAnOperator_IsRead()
    {
        var tls = _authority.ServerOptions(_authority.CaFile);
        var options = Read(
            ("CHAINCODE_SERVER_ADDRESS", "0.0.0.0:9999"), ("CORE_CHAINCODE_ID_NAME", "label:hash"),
            ("CORE_PEER_TLS_ENABLED", "true"), ("CORE_TLS_CLIENT_CERT_FILE", tls.CertificateFile),
            ("CORE_TLS_CLIENT_KEY_FILE", tls.PrivateKeyFile), ("CORE_PEER_TLS_ROOTCERT_FILE", _authority.CaFile));
        Assert.Equal(("0.0.0.0:9999", "label:hash", tls), (options.Address, options.ChaincodeId, options.Tls));
    }

    [Fact]
    public void Environment_OfFabricsSamples_IsRead()
    {
        var tls = _authority.ServerOptions(_authority.CaFile);
        var options = Read(
            ("CHAINCODE_SERVER_ADDRESS", "0.0.0.0:9999"), ("CHAINCODE_ID", "label:hash"),
            ("CHAINCODE_TLS_DISABLED", "false"), ("CHAINCODE_TLS_CERT", tls.CertificateFile),
            ("CHAINCODE_TLS_KEY", tls.PrivateKeyFile), ("CHAINCODE_CLIENT_CA_CERT", _authority.CaFile));
        Assert.Equal(tls, options.Tls);
        Assert.Null(Read(
            ("CHAINCODE_SERVER_ADDRESS", "0.0.0.0:9999"), ("CHAINCODE_ID", "x"), ("CHAINCODE_TLS_DISABLED", "true"))
            .Tls);
        var e = Assert.Throws<ChaincodeOptionsException>(() => Read(
            ("CHAINCODE_SERVER_ADDRESS", "0.0.0.0:9999"), ("CHAINCODE_ID", "x"), ("CORE_PEER_TLS_ENABLED", "false"),
            ("CHAINCODE_TLS_DISABLED", "false")));
        Assert.Contains("set one of them", Assert.Single(e.Faults), StringComparison.Ordinal);
    }

    /// <summary>A peer writes the files of these two names in base64, around the PEM.</summary>
    [Fact]
    public async Task Environment_OfAChaincodeThatAPeerLaunches_IsRead()
    {
        var tls = _authority.ServerOptions(clientCaFile: null);
        string Wrapped(string name, string file) => _authority.WriteFile(
            name, Convert.ToBase64String(File.ReadAllBytes(file)));
        var options = Read(
            ("CHAINCODE_SERVER_ADDRESS", "127.0.0.1:0"), ("CORE_CHAINCODE_ID_NAME", "label:hash"),
            ("CORE_PEER_TLS_ENABLED", "true"),
            ("CORE_TLS_CLIENT_CERT_PATH", Wrapped("cert.b64", tls.CertificateFile)),
            ("CORE_TLS_CLIENT_KEY_PATH", Wrapped("key.b64", tls.PrivateKeyFile)));
        await using var server = await TestServer.StartAsync(
            _ => Task.FromResult(Response.Success()),
            options with { LoggerFactory = TestServer.Options.LoggerFactory });
        await using var peer = await ScriptedPeer.ConnectAsync(server.Endpoint, trusted: _authority.Certificate);
        Assert.Equal("label:hash", peer.RegisteredName);
    }

    [Theory]
    [InlineData("false")]
    [InlineData("")]
    [InlineData(null)]
    public void Environment_WithoutTls_IsPlaintextAndTakesTheOtherIdName(string? enabled)
    {
        var options = Read(
            ("CHAINCODE_SERVER_ADDRESS", "127.0.0.1:9999"), ("CHAINCODE_ID", "label:hash"),
            ("CORE_PEER_TLS_ENABLED", enabled), ("CORE_TLS_CLIENT_KEY_FILE", "/nowhere"));
        Assert.Equal(("label:hash", null), (options.ChaincodeId, options.Tls));
    }

    [Fact]
    public void Environment_WithEveryFault_NamesThemAllAtOnce()
    {
        var exception = Assert.Throws<ChaincodeOptionsException>(() => Read(
            ("CHAINCODE_SERVER_ADDRESS", "nine"), ("CORE_PEER_TLS_ENABLED", "true"),
            ("CORE_TLS_CLIENT_CERT_FILE", "/nowhere/server.crt")));
        Assert.Collection(
            exception.Faults,
            fault => Assert.Contains("CORE_CHAINCODE_ID_NAME (or CHAINCODE_ID)", fault, StringComparison.Ordinal),
            fault => Assert.Contains("CORE_TLS_CLIENT_KEY_FILE", fault, StringComparison.Ordinal),
            fault => Assert.Contains("'nine' is not host:port", fault, StringComparison.Ordinal),
            fault => Assert.Contains("/nowhere/server.crt", fault, StringComparison.Ordinal));
        Assert.All(exception.Faults, fault => Assert.Contains(fault, exception.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Environment_OfNothing_NamesWhatIsMissing()
    {
        var exception = Assert.Throws<ChaincodeOptionsException>(() => Read());
        Assert.Equal(2, exception.Faults.Count);
    }

    [Fact]
    public void Environment_FlagThatIsNone_IsNamed()
    {
        var exception = Assert.Throws<ChaincodeOptionsException>(() => Read(
            ("CHAINCODE_SERVER_ADDRESS", "127.0.0.1:1"), ("CHAINCODE_ID", "x"), ("CORE_PEER_TLS_ENABLED", "yes")));
        Assert.Contains("CORE_PEER_TLS_ENABLED is 'yes'", Assert.Single(exception.Faults), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("9999")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("127.0.0.1:-1")]
    [InlineData("127.0.0.1:9x")]
    [InlineData("no such host:9999")]
    public void Address_ThatIsNone_IsAFault(string address) =>
        Assert.Throws<ChaincodeOptionsException>(() => (TestServer.Options with { Address = address }).Validate());

    [Theory]
    [InlineData(":9999")]
    [InlineData("[::1]:9999")]
    [InlineData("localhost:0")]
    public void Address_InAnyForm_IsTaken(string address) => (TestServer.Options with { Address = address }).Validate();

    [Fact]
    public void KeyMaterial_ThatDoesNotFit_IsAFaultEach()
    {
        var own = _authority.ServerOptions(null);
        using var other = new TestAuthority("others");
        var options = TestServer.Options with
        {
            Tls = own with
            {
                PrivateKeyFile = other.ServerOptions(null).PrivateKeyFile,
                ClientCaFile = _authority.WriteFile("empty.crt", "no certificate"),
            },
        };
        var exception = Assert.Throws<ChaincodeOptionsException>(options.Validate);
        Assert.Collection(
            exception.Faults,
            fault => Assert.Contains("are no pair", fault, StringComparison.Ordinal),
            fault => Assert.Contains("holds no certificate", fault, StringComparison.Ordinal));
    }

    [Fact]
    public void Numbers_OutOfRange_AreAFaultEach()
    {
        var options = TestServer.Options with
        {
            ChaincodeId = "",
            ShutdownTimeout = TimeSpan.FromSeconds(-1),
            KeepAliveInterval = TimeSpan.Zero,
            MaxMessageBytes = 1,
            MaxConcurrentTransactions = 0,
        };
        Assert.Equal(5, Assert.Throws<ChaincodeOptionsException>(options.Validate).Faults.Count);
    }

    public void Dispose() => _authority.Dispose();

    private static ChaincodeServerOptions Read(params (string Name, string? Value)[] variables) =>
        ChaincodeServerOptions.FromEnvironment(
            name => variables.FirstOrDefault(variable => variable.Name == name).Value);
}

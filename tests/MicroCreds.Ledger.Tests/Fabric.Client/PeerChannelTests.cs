using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MicroCreds.Fabric.Client;
using MicroCreds.Fabric.Protocol.Gateway;
using MicroCreds.Fabric.Protocol.Peer;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Client;

/// <summary>
/// TLS as peers have it: their own authority, a name that is not the address, mutual TLS, large messages.
/// </summary>
public sealed class PeerChannelTests : IDisposable
{
    private const string PeerName = "peer0.aurora.example";

    private readonly X509Certificate2 _authority = NewAuthority("CN=tlsca.aurora.example");
    private readonly X509Certificate2 _peer;
    private readonly X509Certificate2 _client;

    public PeerChannelTests()
    {
        _peer = Issue(_authority, "CN=peer", PeerName);
        _client = Issue(_authority, "CN=client", "client.aurora.example");
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _authority.Dispose();
        _peer.Dispose();
        _client.Dispose();
    }

    [Fact]
    public async Task Tls_OwnAuthorityAndHostNameOverride_Connects()
    {
        await using var server = await ScriptedGateway.StartAsync(_peer);
        Assert.NotEmpty(await EvaluateAsync(server, Options(server)));
    }

    [Fact]
    public async Task Tls_WithoutTheOverride_RefusesTheName()
    {
        await using var server = await ScriptedGateway.StartAsync(_peer);
        var e = await Assert.ThrowsAsync<EvaluateException>(
            () => EvaluateAsync(server, Options(server) with { HostNameOverride = null }));
        Assert.Contains($"is for {PeerName}, and \"127.0.0.1\" was asked for", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tls_AnotherAuthority_IsNotTrusted()
    {
        await using var server = await ScriptedGateway.StartAsync(_peer);
        using var other = NewAuthority("CN=tlsca.boreal.example");
        var e = await Assert.ThrowsAsync<EvaluateException>(
            () => EvaluateAsync(server, Options(server) with { TlsCaPem = other.ExportCertificatePem() }));
        Assert.Contains(
            "issued by \"CN=tlsca.aurora.example\", is not good under the authorities in TlsCaPem", e.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tls_IntermediateAuthorityAlone_IsTrusted()
    {
        using var intermediate = NewIntermediate(_authority);
        using var peer = Issue(intermediate, "CN=peer", PeerName);
        await using var server = await ScriptedGateway.StartAsync(peer);
        Assert.NotEmpty(await EvaluateAsync(
            server, Options(server) with { TlsCaPem = intermediate.ExportCertificatePem() }));
        Assert.NotEmpty(await EvaluateAsync(server, Options(server) with
        {
            TlsCaPem = _authority.ExportCertificatePem() + "\n" + intermediate.ExportCertificatePem(),
        }));
    }

    [Theory]
    [InlineData("1.3.6.1.5.5.7.3.1", true)]
    [InlineData("1.3.6.1.5.5.7.3.2", false)]
    public async Task Tls_CertificateForOtherUses_IsNoPeers(string usage, bool isGood)
    {
        using var peer = Issue(_authority, "CN=peer", PeerName, usage);
        await using var server = await ScriptedGateway.StartAsync(listen: options => options.UseHttps(
            new TlsHandshakeCallbackOptions
            {
                // Kestrel itself would start with no certificate of a client's.
                OnConnection = _ => new(new SslServerAuthenticationOptions { ServerCertificate = peer }),
            }));
        var failure = await Record.ExceptionAsync(() => EvaluateAsync(server, Options(server)));
        Assert.Equal(isGood, failure is null);
        Assert.True(isGood || failure!.Message.Contains("is not good under", StringComparison.Ordinal), $"{failure}");
    }

    [Fact]
    public async Task Tls_IntermediateOfTheSameNameWithAnotherKey_IsNotTrusted()
    {
        using var intermediate = NewIntermediate(_authority);
        using var impostor = NewIntermediate(_authority);
        using var peer = Issue(impostor, "CN=peer", PeerName);
        await using var server = await ScriptedGateway.StartAsync(peer);
        await Assert.ThrowsAsync<EvaluateException>(() => EvaluateAsync(
            server, Options(server) with { TlsCaPem = intermediate.ExportCertificatePem() }));
    }

    [Fact]
    public async Task Events_OfAPeerThatIsNotTrusted_EndAtOnceAlsoWhereTheyResume()
    {
        await using var server = await ScriptedGateway.StartAsync(_peer);
        var breaks = new List<FabricException?>();
        var resume = new ResumeOptions
        {
            GiveUpAfter = Timeout.InfiniteTimeSpan,
            OnBreak = (failure, _) => breaks.Add(failure),
        };
        using var other = NewAuthority("CN=tlsca.boreal.example");
        foreach (var options in new[]
        {
            Options(server) with { TlsCaPem = other.ExportCertificatePem() },
            Options(server) with { HostNameOverride = "peer0.boreal.example" },
        })
        {
            using var channel = PeerChannel.Open(options);
            using var gateway = FabricGateway.Connect(server.Options with { Channel = channel });
            var events = gateway.GetNetwork("credentials").GetBlockEvents(
                new EventOptions { StartBlock = 0, Resume = resume }, Cancel);
            var e = await Assert.ThrowsAsync<EventStreamException>(
                async () => await events.GetAsyncEnumerator(Cancel).MoveNextAsync());
            Assert.False(e.IsTransient);
            Assert.Contains("The peer's TLS certificate", e.Message, StringComparison.Ordinal);
        }

        Assert.Empty(breaks);
    }

    [Fact]
    public async Task MutualTls_ClientCertificate_IsPresented()
    {
        var presented = new TaskCompletionSource<string>();
        await using var server = await ScriptedGateway.StartAsync(listen: options =>
            options.UseHttps(new HttpsConnectionAdapterOptions
            {
                ServerCertificate = _peer,
                ClientCertificateMode = ClientCertificateMode.RequireCertificate,
                ClientCertificateValidation = (certificate, _, _) => presented.TrySetResult(certificate.Subject),
            }));
        await EvaluateAsync(server, Options(server) with { ClientCertificate = _client });
        Assert.Equal("CN=client", await presented.Task);
        Assert.Equal(SHA256.HashData(_client.RawData), PeerChannel.CertificateHash(_client));
    }

    [Fact]
    public async Task Messages_LargerThanGrpcsOwnLimit_PassBothWays()
    {
        const int Bytes = 6 * 1024 * 1024;
        await using var server = await ScriptedGateway.StartAsync();
        server.OnEvaluate = (request, _) => Task.FromResult(new EvaluateResponse
        {
            Result = new Response { Payload = TestEnvelope.Arguments(request.ProposedTransaction)[1] },
        });
        byte[] large = RandomNumberGenerator.GetBytes(Bytes);
        byte[] result = await server.Contract().EvaluateAsync(
            "Echo", new ProposalOptions { Arguments = [large] }, Cancel);
        Assert.Equal(large, result);
    }

    private PeerChannelOptions Options(ScriptedGateway server) => new()
    {
        Endpoint = server.Endpoint,
        TlsCaPem = _authority.ExportCertificatePem(),
        HostNameOverride = PeerName,
    };

    private static async Task<byte[]> EvaluateAsync(ScriptedGateway server, PeerChannelOptions options)
    {
        using var channel = PeerChannel.Open(options);
        using var gateway = FabricGateway.Connect(server.Options with { Channel = channel });
        return await gateway.GetNetwork("credentials").GetContract("microcreds")
            .EvaluateAsync("Query", cancellationToken: Cancel);
    }

    private static X509Certificate2 NewAuthority(string subject)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddMinutes(-5), now.AddHours(1));
    }

    private static X509Certificate2 NewIntermediate(X509Certificate2 authority)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=tlsica.aurora.example", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var certificate = request.Create(
            authority, authority.NotBefore, authority.NotAfter, RandomNumberGenerator.GetBytes(8));
        return certificate.CopyWithPrivateKey(key);
    }

    private static X509Certificate2 Issue(
        X509Certificate2 authority, string subject, string name, string? usage = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        if (usage is not null)
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));

        using var certificate = request.Create(
            authority, authority.NotBefore, authority.NotAfter, RandomNumberGenerator.GetBytes(8));
        return certificate.CopyWithPrivateKey(key);
    }
}

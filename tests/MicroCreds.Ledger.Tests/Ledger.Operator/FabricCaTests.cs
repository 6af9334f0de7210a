using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MicroCreds.Ledger.Operator;
using MicroCreds.Ledger.Operator.Doctoring;
using MicroCreds.Ledger.Operator.Engines.Native;
using MicroCreds.Ledger.Operator.Engines.Native.Authorities;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Operator;

/// <summary>Our client against a running fabric-ca-server, which issues what peers and the contract ask for.</summary>
public sealed class FabricCaTests : IAsyncLifetime
{
    private const string Domain = "aurora.example";

    private readonly string _state = Directory.CreateTempSubdirectory("microcreds-").FullName;
    private FabricCaServer? _server;
    private string _missing = "";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string Organization => Path.Combine(_state, "organizations", "peerOrganizations", Domain);

    private OrganizationFiles Files => new(_state, Domain);

    public async ValueTask InitializeAsync()
    {
        try
        {
            string endpoint = new Ports(replace: true).Settle("127.0.0.1:0", "the authority");
            var server = new FabricCaServer(_state, "AuroraMSP", Domain, endpoint);
            await new NativeEngine(_state).StartAuthoritiesAsync(SampleConsortium.Read(), [server], Cancelled);
            _server = server;
        }
        catch (UnavailableException exception)
        {
            _missing = exception.Message;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await new Daemon(_state, _server.Part).StopAsync();
        }

        Directory.Delete(_state, recursive: true);
    }

    [Fact]
    public async Task User_Enrolled_HasRoleUnitAndChainThatPeersAskFor()
    {
        using var client = ConnectOrSkip(out var material);
        Assert.True(await material.EnsureUserAsync("clerk", "client", EnrolledOrganization.Role("issuer"), Cancelled));
        Assert.False(await material.EnsureUserAsync("clerk", "client", EnrolledOrganization.Role("issuer"), Cancelled));

        string msp = Path.Combine(Organization, "users", $"clerk@{Domain}", "msp");
        var now = TimeProvider.System.GetUtcNow();
        Assert.Empty(IdentityExamination.Examine(
            "clerk", msp, Path.Combine(Organization, "msp"), "client", now));
        Assert.Empty(IdentityExamination.ExamineRole("clerk", msp, "issuer"));
        Assert.Single(IdentityExamination.ExamineRole("clerk", msp, "registrar"));
    }

    [Fact]
    public async Task Node_Enrolled_HasTlsOfAnAuthorityOfItsOwn()
    {
        using var client = ConnectOrSkip(out var material);
        await material.EnsureNodeAsync("peers", "peer0", "peer", Cancelled);

        string node = Path.Combine(Organization, "peers", $"peer0.{Domain}");
        var now = TimeProvider.System.GetUtcNow();
        Assert.Empty(IdentityExamination.Examine(
            "peer0", Path.Combine(node, "msp"), Path.Combine(Organization, "msp"), "peer", now));
        Assert.Empty(TlsExamination.ExamineFiles("peer0", Path.Combine(node, "tls"), "127.0.0.1", now));
        using var tls = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(node, "tls", "server.crt"));
        Assert.Contains($"CN=tlsca.{Domain}", tls.Issuer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task User_EnrolledAgain_KeepsKeyNameAndRole()
    {
        using var client = ConnectOrSkip(out var material);
        await material.EnsureUserAsync("clerk", "client", EnrolledOrganization.Role("issuer"), Cancelled);
        using var before = X509CertificateLoader.LoadCertificateFromFile(Files.CertificateOf("clerk"));
        using var key = ReadKey("clerk");
        string next = await new FabricCaIssuer(_server!, client).IssueAgainAsync(before, key, tls: false, Cancelled);

        using var after = X509Certificate2.CreateFromPem(next);
        Assert.NotEqual(before.SerialNumber, after.SerialNumber);
        Assert.Equal(before.PublicKey.ExportSubjectPublicKeyInfo(), after.PublicKey.ExportSubjectPublicKeyInfo());
        Assert.Equal(before.Subject, after.Subject);
        string msp = Path.Combine(Organization, "users", $"clerk@{Domain}", "msp");
        await File.WriteAllTextAsync(Files.CertificateOf("clerk"), next, Cancelled);
        Assert.Empty(IdentityExamination.ExamineRole("clerk", msp, "issuer"));
    }

    [Fact]
    public async Task User_Revoked_IsOnTheListAndIsNotEnrolledAgain()
    {
        using var client = ConnectOrSkip(out var material);
        await material.EnsureUserAsync("clerk", "client", EnrolledOrganization.Role("issuer"), Cancelled);
        using var certificate = X509CertificateLoader.LoadCertificateFromFile(Files.CertificateOf("clerk"));
        var registrar = await material.GetRegistrarAsync(_server!.IdentityAuthority, Cancelled);

        // Twice: the second answer has the whole list too.
        for (int i = 0; i < 2; i++)
        {
            string list = await client.RevokeAsync(
                _server.IdentityAuthority, registrar, $"clerk@{Domain}", "keycompromise", Cancelled);
            var entries = CertificateRevocationListBuilder.LoadPem(list, out _);
            Assert.True(entries.RemoveEntry(certificate.SerialNumberBytes.Span));
        }

        using var key = ReadKey("clerk");
        var refused = await Assert.ThrowsAsync<FabricCaException>(
            () => new FabricCaIssuer(_server, client).IssueAgainAsync(certificate, key, tls: false, Cancelled));
        Assert.Contains("AuroraMSP refused POST /api/v1/reenroll", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Registering_CutOffBeforeEnrolling_IsTakenUpAgain()
    {
        using var client = ConnectOrSkip(out var material);
        var registrar = await material.GetRegistrarAsync(_server!.IdentityAuthority, Cancelled);
        await client.RegisterAsync(
            _server.IdentityAuthority, registrar, $"clerk@{Domain}", "client", "lost",
            EnrolledOrganization.Role("issuer"), Cancelled);
        Assert.True(await material.EnsureUserAsync("clerk", "client", EnrolledOrganization.Role("issuer"), Cancelled));
        string msp = Path.Combine(Organization, "users", $"clerk@{Domain}", "msp");
        Assert.Empty(IdentityExamination.ExamineRole("clerk", msp, "issuer"));
    }

    [Fact]
    public async Task Enrolment_WithAWrongPassword_IsRefusedByName()
    {
        using var client = ConnectOrSkip(out _);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var refused = await Assert.ThrowsAsync<FabricCaException>(() => client.EnrolAsync(
            _server!.IdentityAuthority, "registrar", "guess", EnrolmentRequest.Create("registrar", key), tls: false,
            Cancelled));
        Assert.Contains("Authentication failure", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_SignedByAnotherKey_IsRefused()
    {
        using var client = ConnectOrSkip(out var material);
        var registrar = await material.GetRegistrarAsync(_server!.IdentityAuthority, Cancelled);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await Assert.ThrowsAsync<FabricCaException>(() => client.RevokeAsync(
            _server.IdentityAuthority, registrar with { KeyPem = other.ExportPkcs8PrivateKeyPem() }, "registrar",
            "unspecified", Cancelled));
    }

    [Fact]
    public async Task Secrets_AreReadableByTheirOwnerOnly()
    {
        using var client = ConnectOrSkip(out var material);
        await material.EnsureUserAsync("clerk", "client", EnrolledOrganization.Role("issuer"), Cancelled);
        string[] secrets =
        [
            Files.KeyOf("clerk"),
            .. Directory.GetFiles(_server!.Home, "registrar.secret"),
            .. Directory.GetFiles(_server.Home, "*.yaml", SearchOption.AllDirectories),
        ];
        Assert.Equal(4, secrets.Length);
        foreach (string file in secrets)
        {
            if (!OperatingSystem.IsWindows())
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            }
        }
    }

    private FabricCaClient ConnectOrSkip(out EnrolledOrganization material)
    {
        Assert.SkipWhen(_server is null, _missing);
        var client = FabricAuthorities.Connect(_server);
        material = new EnrolledOrganization(Organization, _server, client);
        material.WriteRoots();
        return client;
    }

    private ECDsa ReadKey(string user)
    {
        var key = ECDsa.Create();
        key.ImportFromPem(Encoding.ASCII.GetString(File.ReadAllBytes(Files.KeyOf(user))));
        return key;
    }
}

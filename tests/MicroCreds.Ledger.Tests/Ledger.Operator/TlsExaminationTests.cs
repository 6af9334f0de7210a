using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MicroCreds.Ledger.Operator.Doctoring;
using MicroCreds.Ledger.Tests.EndToEnd;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Operator;

public sealed class TlsExaminationTests : IDisposable
{
    private const string Subject = "peer0.aurora.example";

    private readonly InstitutionFolder _aurora = new();
    private readonly InstitutionFolder _linden = new("linden.example");

    public void Dispose()
    {
        _aurora.Dispose();
        _linden.Dispose();
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("peer0.aurora.example")]
    public void Files_AsTheyWereIssued_AreWell(string host) =>
        Assert.Empty(TlsExamination.ExamineFiles(Subject, _aurora.PeerTls, host, _aurora.Now));

    [Fact]
    public void Name_ThatTheCertificateDoesNotHave_IsFound() => AssertFound(
        TlsExamination.ExamineFiles(Subject, _aurora.PeerTls, "peer.aurora.fi", _aurora.Now),
        "not for \"peer.aurora.fi\"");

    [Fact]
    public void Authority_OfAnotherInstitution_IsFound()
    {
        File.Copy(
            Path.Combine(_linden.PeerTls, "ca.crt"), Path.Combine(_aurora.PeerTls, "ca.crt"), overwrite: true);
        AssertFound(
            TlsExamination.ExamineFiles(Subject, _aurora.PeerTls, "127.0.0.1", _aurora.Now), "tlsca.aurora.example");
    }

    [Fact]
    public void Key_OfAnother_IsFound()
    {
        File.Copy(
            Path.Combine(_linden.PeerTls, "server.key"), Path.Combine(_aurora.PeerTls, "server.key"), overwrite: true);
        AssertFound(
            TlsExamination.ExamineFiles(Subject, _aurora.PeerTls, "127.0.0.1", _aurora.Now),
            "is not that of its certificate");
    }

    [Fact]
    public async Task Endpoint_WhereNothingListens_IsFound() =>
        AssertFound(await ExamineAsync(FreePorts.TakeAddress()), "nothing answers at");

    [Fact]
    public async Task Endpoint_WithoutTls_IsFound()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = AnswerInPlainAsync(listener);
        AssertFound(await ExamineAsync(listener.LocalEndpoint.ToString()!), "does not speak TLS");
        await serving;
    }

    [Fact]
    public async Task Endpoint_WithItsOwnCertificate_IsWell()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, _aurora);
        Assert.Empty(await ExamineAsync(listener.LocalEndpoint.ToString()!));
        await serving;
    }

    [Fact]
    public async Task Endpoint_OfAnotherInstitution_IsFound()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, _linden);
        AssertFound(await ExamineAsync(listener.LocalEndpoint.ToString()!), "tlsca.linden.example");
        await serving;
    }

    [Fact]
    public async Task Endpoint_WithAnExpiredCertificate_IsFound()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, _aurora);
        AssertFound(
            await ExamineAsync(listener.LocalEndpoint.ToString()!, _aurora.Now.AddYears(11)), "expired on");
        await serving;
    }

    [Fact]
    public async Task Endpoint_AskedByAnotherName_IsFound()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, _aurora);
        AssertFound(
            await ExamineAsync(listener.LocalEndpoint.ToString()!, name: "peer.aurora.fi"),
            "not for \"peer.aurora.fi\"");
        await serving;
    }

    [Theory]
    [InlineData("7051")]
    [InlineData("peer0.aurora.example")]
    public async Task Endpoint_ThatIsNoAddress_IsFound(string endpoint) =>
        AssertFound(await ExamineAsync(endpoint), "is no address");

    [Theory]
    [InlineData("server")]
    [InlineData("client")]
    public void Contract_WithTheKeyOfTheOtherEnd_IsFound(string end)
    {
        string contract = Path.Combine(_aurora.Root, "chaincode", "microcreds");
        Assert.Empty(TlsExamination.ExamineFiles(Subject, contract, host: null, _aurora.Now, end));
        string other = end == "server" ? "client" : "server";
        File.Copy(Path.Combine(contract, $"{other}.key"), Path.Combine(contract, $"{end}.key"), overwrite: true);
        AssertFound(
            TlsExamination.ExamineFiles(Subject, contract, host: null, _aurora.Now, end),
            "is not that of its certificate");
    }

    [Fact]
    public void Certificate_OutOfItsTime_IsFound() => AssertFound(
        TlsExamination.ExamineFiles(Subject, _aurora.PeerTls, "127.0.0.1", _aurora.Now.AddYears(11)), "expired on");

    private Task<IReadOnlyList<Finding>> ExamineAsync(
        string endpoint, DateTimeOffset? now = null, string? name = null) => TlsExamination.ExamineEndpointAsync(
        Subject, endpoint, Path.Combine(_aurora.PeerTls, "ca.crt"), now ?? _aurora.Now,
        TestContext.Current.CancellationToken, name);

    private static async Task AnswerInPlainAsync(TcpListener listener)
    {
        using var client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());
    }

    private static async Task ServeAsync(TcpListener listener, InstitutionFolder institution)
    {
        using var pem = X509Certificate2.CreateFromPemFile(
            Path.Combine(institution.PeerTls, "server.crt"), Path.Combine(institution.PeerTls, "server.key"));
        using var certificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), password: null);
        using var client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        using var tls = new SslStream(client.GetStream());
        try
        {
            await tls.AuthenticateAsServerAsync(certificate);
            await tls.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false);
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException)
        {
            // Who examines hangs up once it has seen the certificate.
        }
    }

    private static void AssertFound(IEnumerable<Finding> findings, string fault)
    {
        var finding = Assert.Single(findings);
        Assert.Contains(fault, finding.Fault, StringComparison.Ordinal);
        Assert.NotEmpty(finding.Mend);
    }
}

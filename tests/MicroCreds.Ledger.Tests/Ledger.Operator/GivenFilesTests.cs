using MicroCreds.Ledger.Operator;
using MicroCreds.Ledger.Operator.Doctoring;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Operator;

/// <summary>The doctor on files that somebody brings, of whichever Fabric network.</summary>
public sealed class GivenFilesTests : IDisposable
{
    private readonly InstitutionFolder _aurora = new();
    private readonly InstitutionFolder _linden = new("linden.example");

    private string Authority => Path.Combine(_aurora.Msp, "cacerts");

    public void Dispose()
    {
        _aurora.Dispose();
        _linden.Dispose();
    }

    [Fact]
    public async Task Folder_OfAnIdentity_IsWell() => Assert.Empty(await ExamineAsync(
        ("--msp", _aurora.MspOf("User1")), ("--ca", _aurora.Msp), ("--unit", "client"), ("--role", "issuer")));

    [Fact]
    public async Task Files_OfAnIdentity_AreWell() => Assert.Empty(await ExamineAsync(
        ("--cert", _aurora.CertificateOf("Admin")), ("--key", _aurora.KeyOf("Admin")),
        ("--ca", Directory.GetFiles(Authority).Single()), ("--unit", "admin")));

    [Fact]
    public async Task Certificate_OfAnotherAuthority_IsFound() => AssertFound(
        await ExamineAsync(("--cert", _linden.CertificateOf("User1")), ("--ca", Authority)), "was not issued by");

    [Fact]
    public async Task Key_OfAnother_IsFound() => AssertFound(
        await ExamineAsync(
            ("--cert", _aurora.CertificateOf("User1")), ("--key", _aurora.KeyOf("Admin")), ("--ca", Authority)),
        "is not that of its certificate");

    [Fact]
    public async Task Certificate_Expired_IsFound() => AssertFound(
        await ExamineAsync(
            _aurora.Now.AddYears(11), ("--cert", _aurora.CertificateOf("User1")), ("--ca", Authority)),
        "expired on");

    [Fact]
    public async Task Unit_ThatIsNotTheNeededOne_IsFound() => AssertFound(
        await ExamineAsync(("--cert", _aurora.CertificateOf("User1")), ("--ca", Authority), ("--unit", "admin")),
        "says client where admin is needed");

    [Fact]
    public async Task Role_Missing_IsFound()
    {
        _aurora.IssueUserAgain("client", attributes: null);
        AssertFound(
            await ExamineAsync(("--cert", _aurora.CertificateOf("User1")), ("--ca", Authority), ("--role", "issuer")),
            "no attribute microcreds.role=issuer");
    }

    [Fact]
    public async Task Authority_ThatIsNotThere_IsFound() => Assert.Contains(
        await ExamineAsync(("--cert", _aurora.CertificateOf("User1")), ("--ca", Path.Combine(_aurora.Msp, "none"))),
        finding => finding.Fault.Contains("has no authority's certificate", StringComparison.Ordinal));

    [Fact]
    public async Task Peer_WhereNothingListens_IsFound() => AssertFound(
        await ExamineAsync(("--peer", "127.0.0.1:1"), ("--tls-ca", Path.Combine(_aurora.PeerTls, "ca.crt"))),
        "nothing answers at 127.0.0.1:1");

    [Theory]
    [InlineData("--cert", "--ca")]
    [InlineData("--peer", "--tls-ca")]
    [InlineData("--key", "--msp FOLDER")]
    public async Task Option_WithoutWhatItNeeds_IsRefusedWithThat(string given, string needed)
    {
        var exception = await Assert.ThrowsAsync<OperatorException>(() => ExamineAsync((given, "x")));
        Assert.Contains(needed, exception.Message, StringComparison.Ordinal);
    }

    private Task<IReadOnlyList<Finding>> ExamineAsync(params (string Name, string Value)[] options) =>
        ExamineAsync(_aurora.Now, options);

    private static Task<IReadOnlyList<Finding>> ExamineAsync(
        DateTimeOffset now, params (string Name, string Value)[] options) => GivenFiles.ExamineAsync(
        options.ToDictionary(option => option.Name, option => option.Value), now,
        TestContext.Current.CancellationToken);

    private static void AssertFound(IEnumerable<Finding> findings, string fault)
    {
        var finding = Assert.Single(findings);
        Assert.Contains(fault, finding.Fault, StringComparison.Ordinal);
        Assert.NotEmpty(finding.Mend);
    }
}

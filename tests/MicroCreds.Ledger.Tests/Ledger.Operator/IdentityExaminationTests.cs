using MicroCreds.Ledger.Operator.Doctoring;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Operator;

public sealed class IdentityExaminationTests : IDisposable
{
    private const string Subject = "User1@aurora.example";

    private readonly InstitutionFolder _aurora = new();
    private readonly InstitutionFolder _other = new();
    private readonly InstitutionFolder _linden = new("linden.example");

    public void Dispose()
    {
        _aurora.Dispose();
        _other.Dispose();
        _linden.Dispose();
    }

    [Theory]
    [InlineData("User1", "client")]
    [InlineData("Admin", "admin")]
    public void Identity_AsItWasIssued_IsWell(string user, string unit)
    {
        Assert.Empty(IdentityExamination.Examine(Subject, _aurora.MspOf(user), _aurora.Msp, unit, _aurora.Now));
        Assert.Empty(IdentityExamination.ExamineRole(Subject, _aurora.MspOf(user), "issuer"));
    }

    [Theory]
    [InlineData(3660, "expired on", "renew it")]
    [InlineData(3640, "expires on", "renew it before that day")]
    [InlineData(-1, "not valid before", "clock")]
    public void Identity_OutOfItsTime_IsFoundWithTheDay(int days, string fault, string mend) =>
        AssertFound(Examine(_aurora.Now.AddDays(days)), fault, mend);

    [Fact]
    public void Identity_BelowAnIntermediateAuthority_IsWell()
    {
        _aurora.IssueUserBelowAnIntermediate();
        Assert.Empty(Examine());
        Directory.Delete(Path.Combine(_aurora.Msp, "intermediatecerts"), recursive: true);
        AssertFound(Examine(), "CN=ica.aurora.example", "use the certificate of this organisation");
    }

    [Fact]
    public void Identity_OfAnotherInstitution_IsFoundWithItsIssuer()
    {
        File.Copy(_linden.CertificateOf("User1"), _aurora.CertificateOf("User1"), overwrite: true);
        File.Copy(_linden.KeyOf("User1"), _aurora.KeyOf("User1"), overwrite: true);
        AssertFound(Examine(), "ca.linden.example", "use the certificate of this organisation");
    }

    [Fact]
    public void Identity_OfAnAuthorityMadeAnew_IsToldFromAForeignOne()
    {
        File.Copy(_other.CertificateOf("User1"), _aurora.CertificateOf("User1"), overwrite: true);
        File.Copy(_other.KeyOf("User1"), _aurora.KeyOf("User1"), overwrite: true);
        AssertFound(Examine(), "of the same name but with another key", "issue this certificate again");
    }

    [Fact]
    public void Identity_WithTheKeyOfAnother_IsFound()
    {
        File.Copy(_aurora.KeyOf("Admin"), _aurora.KeyOf("User1"), overwrite: true);
        AssertFound(Examine(), "is not that of its certificate", "the certificate was issued for");
    }

    [Fact]
    public void Identity_WithAKeyThatIsNone_IsFound()
    {
        File.WriteAllText(_aurora.KeyOf("User1"), "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
        AssertFound(Examine(), "is no private key in PEM", "put the key there");
    }

    [Fact]
    public void Identity_WithoutNodeUnit_IsFound()
    {
        _aurora.IssueUserAgain("guests", attributes: null);
        AssertFound(Examine(), "no node OU", "issue it again with one OU");
    }

    [Fact]
    public void Identity_WithTheWrongUnit_IsFound()
    {
        _aurora.IssueUserAgain("admin", attributes: null);
        AssertFound(Examine(), "says admin where client is needed", "OU=client");
    }

    [Fact]
    public void Identity_WithoutTheRole_IsFound()
    {
        _aurora.IssueUserAgain("client", """{"attrs":{"microcreds.role":"guest"}}""");
        AssertFound(
            IdentityExamination.ExamineRole(Subject, _aurora.MspOf("User1"), "issuer"),
            "no attribute microcreds.role=issuer", "enrol it again");
    }

    [Fact]
    public void NodeUnits_SwitchedOff_AreFound()
    {
        string file = Path.Combine(_aurora.Msp, "config.yaml");
        File.WriteAllText(file, File.ReadAllText(file).Replace("Enable: true", "Enable: false"));
        AssertFound(Examine(), "does not switch node OUs on", "NodeOUs with Enable: true");
    }

    [Fact]
    public void Folder_WithTwoCertificates_IsFound()
    {
        File.Copy(_aurora.CertificateOf("Admin"), _aurora.CertificateOf("User1") + ".old");
        AssertFound(Examine(), "has 2 files where it needs exactly one certificate", "leave the current one only");
    }

    [Fact]
    public void Folder_WithoutKey_IsFound()
    {
        File.Delete(_aurora.KeyOf("User1"));
        AssertFound(Examine(), "has 0 files where it needs exactly one key", "put its key there");
    }

    [Fact]
    public void Certificate_ThatIsNone_IsFound()
    {
        File.WriteAllText(_aurora.CertificateOf("User1"), "hello");
        AssertFound(Examine(), "is no certificate in PEM", "put the certificate there");
    }

    private IReadOnlyList<Finding> Examine(DateTimeOffset? now = null) => IdentityExamination.Examine(
        Subject, _aurora.MspOf("User1"), _aurora.Msp, "client", now ?? _aurora.Now);

    private static void AssertFound(IEnumerable<Finding> findings, string fault, string mend)
    {
        var finding = Assert.Single(findings);
        Assert.Equal(Subject, finding.Subject);
        Assert.Contains(fault, finding.Fault, StringComparison.Ordinal);
        Assert.Contains(mend, finding.Mend, StringComparison.Ordinal);
    }
}

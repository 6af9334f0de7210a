using MicroCreds.Ledger.Tests.Ledger.CommandLine;
using Xunit;

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>What a registrar, a partner and an employer do on the command line, on whichever engine runs.</summary>
[Collection(ConsortiumTests.Name)]
public sealed class CommandLineTests(RunningConsortium consortium) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("microcreds-cli-").FullName;

    private RunningInstitution Issuer => consortium[0];

    private RunningInstitution Partner => consortium[1];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task IssueThenBundleAtAPartner_VerifiesOnlineAndWithoutANetwork()
    {
        string file = PathOf("credential.json");
        string[] issue =
        [
            "issue", "--achievement", "data-literacy", "--name", $"Command Line {Guid.NewGuid():N}", "--out", file,
            "--gateway", Issuer.GatewayUrl,
        ];
        (await MicroCredsProgram.RunAsync(issue, null, Issuer.ApiKey)).Ends(0);
        await Until.TrueAsync(
            async () => (await MicroCredsProgram.RunAsync("verify", file, "--gateway", Partner.GatewayUrl)).Code == 0,
            () => "the partner's gateway does not find the credential valid");

        string trust = PathOf("trust.json");
        (await MicroCredsProgram.RunAsync("trust", "--out", trust, "--gateway", Partner.GatewayUrl)).Ends(0);
        var standing = (await BundleAsync(file, "standing.json", trust)).Ends(0);
        Assert.Contains($"({Partner.MspId})", standing.Output, StringComparison.Ordinal);

        string[] revoke = ["revoke", file, "--reason", "issuedInError", "--gateway", Issuer.GatewayUrl];
        (await MicroCredsProgram.RunAsync(revoke, null, Issuer.ApiKey)).Ends(0);
        await Until.TrueAsync(
            async () => (await BundleAsync(file, "revoked.json", trust)).Code == 1,
            () => "a new bundle does not say that the credential is revoked");

        // What was bundled before stays true of when it was made, and says so.
        var before = (await MicroCredsProgram.RunAsync("verify", PathOf("standing.json"), "--trust", trust)).Ends(0);
        Assert.Contains("as of block", before.Output, StringComparison.Ordinal);
    }

    private async Task<MicroCredsProgram.Run> BundleAsync(string file, string name, string trust)
    {
        (await MicroCredsProgram.RunAsync(
            "bundle", file, "--out", PathOf(name), "--gateway", Partner.GatewayUrl)).Ends(0);
        return await MicroCredsProgram.RunAsync("verify", PathOf(name), "--trust", trust);
    }

    private string PathOf(string name) => Path.Combine(_folder, name);
}

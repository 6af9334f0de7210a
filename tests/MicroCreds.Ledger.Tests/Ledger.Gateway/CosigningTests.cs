using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Attesting;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Log;
using MicroCreds.Ledger.Log.Exposing;
using MicroCreds.Ledger.Log.Filters;
using MicroCreds.Ledger.Log.Proofs;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>
/// Two members' gateways that sign each other's heads, of which one is a witness besides; and credentials that are
/// proven by those heads without a network.
/// </summary>
public sealed class CosigningTests(GatewaysFixture gateways, Browser browser)
    : IClassFixture<GatewaysFixture>, IClassFixture<Browser>, IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cosigning-").FullName;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return default;
    }

    [Fact]
    public async Task Credential_IsProvenOffline_ByTwoMembersAndAWitness_UntilItIsRevoked()
    {
        var trust = await MeetAsync();
        byte[] document = await gateways.Issuer.IssueAsync("Proven Offline");
        byte[] proof = await ProofAsync(document, trust);
        var verdict = Verify(document, proof, trust);
        Assert.Equal(VerdictKind.Valid, verdict.Kind);
        Assert.StartsWith("In force as of ", verdict.Headline, StringComparison.Ordinal);
        Assert.EndsWith(
            ", by the word of AuroraMSP, LindenMSP and the witness Linden.", verdict.Headline,
            StringComparison.Ordinal);
        Assert.InRange(proof.Length, 1, 3 * 1024);

        // The other member, whose gateway knows nobody else, proves it by its own word.
        Assert.Equal(
            LogCheckCodes.TooFewSigned,
            Assert.Single(
                Verify(document, await FetchAsync(gateways.Partner, document), trust).Checks,
                check => check.Outcome == CheckOutcome.Unknown).Code);

        await GatewayHost.OkAsync(await gateways.Issuer.PostAsync(
            $"/v1/credentials/{GatewayHost.IdOf(document)}/suspension", new { reason = "underReview" }));
        await SaysAsync(document, trust, CheckCodes.Suspended);
        await GatewayHost.OkAsync(await gateways.Issuer.Registrar.DeleteAsync(
            $"/v1/credentials/{GatewayHost.IdOf(document)}/suspension", Cancelled));
        await SaysAsync(document, trust, CheckCodes.InForce);
        await GatewayHost.OkAsync(await gateways.Issuer.PostAsync(
            $"/v1/credentials/{GatewayHost.IdOf(document)}/revocation", new { reason = "issuedInError" }));
        await SaysAsync(document, trust, CheckCodes.Revoked);
        Assert.Equal(VerdictKind.Valid, Verify(document, proof, trust).Kind);

        string seen = await gateways.Issuer.Anyone.GetStringAsync("/v1/log/heads", Cancelled);
        Assert.Contains(trust.Members[1].Keys[0].Key.Split('+')[0], seen, StringComparison.Ordinal);

        string root = AnchorOf(document).Root;
        foreach (string path in new[] { $"AuroraMSP/{new string('0', 64)}/0", $"LindenMSP/{root}/0" })
        {
            using var answer = await gateways.Issuer.Anyone.GetAsync($"/v1/log/proofs/{path}", Cancelled);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    [Fact]
    public async Task CommandLine_FetchesProofAndTrust_AndVerifiesWithoutANetwork()
    {
        var trust = await MeetAsync();
        byte[] document = await gateways.Issuer.IssueAsync("From The Shell");
        await ProofAsync(document, trust);
        string[] names = ["credential.json", "credential.tlog-proof", "trust.json"];
        string[] files = [.. names.Select(name => Path.Combine(_folder, name))];
        await File.WriteAllBytesAsync(files[0], document, Cancelled);
        string issuer = $"{gateways.Issuer.Anyone.BaseAddress}", partner = $"{gateways.Partner.Anyone.BaseAddress}";
        (await MicroCredsProgram.RunAsync("log", "prove", files[0], "--gateway", issuer, "--out", files[1])).Ends(0);
        (await MicroCredsProgram.RunAsync("log", "trust", issuer, partner, "--needed", "2", "--out", files[2])).Ends(0);
        var run = (await MicroCredsProgram.RunAsync(
            "verify", files[0], "--proof", files[1], "--log-trust", files[2])).Ends(0);
        Assert.Contains("by the word of AuroraMSP, LindenMSP.", run.Output, StringComparison.Ordinal);
        // Of the witness's signature, which the gateway gathered, that file has no need.
        long length = new FileInfo(files[1]).Length;
        string[] prove = ["log", "prove", files[0], "--gateway", issuer, "--log-trust", files[2], "--out", files[1]];
        (await MicroCredsProgram.RunAsync(prove)).Ends(0);
        Assert.InRange(new FileInfo(files[1]).Length, 1, length - 100);
        (await MicroCredsProgram.RunAsync("verify", files[0], "--proof", files[1], "--log-trust", files[2])).Ends(0);
        (await MicroCredsProgram.RunAsync("log", "fsck", "--gateway", issuer, "--log-trust", files[2])).Ends(0);
        var written = LogTrust.Read(await File.ReadAllBytesAsync(files[2], Cancelled));
        Assert.All(written.Members, member => Assert.NotNull(Assert.Single(member.Keys).From));
        var early = written.Members[0].Keys[0] with { From = null };
        written = written with { Members = [written.Members[0] with { Keys = [early] }, .. written.Members.Skip(1)] };
        await File.WriteAllBytesAsync(files[2], CanonicalJson.Serialize(written), Cancelled);
        run = (await MicroCredsProgram.RunAsync("log", "fsck", "--gateway", issuer, "--log-trust", files[2])).Ends(1);
        Assert.Contains("The trust file: AuroraMSP/", run.Output, StringComparison.Ordinal);
        await File.WriteAllBytesAsync(files[0], await gateways.Issuer.IssueAsync("Another"), Cancelled);
        (await MicroCredsProgram.RunAsync("verify", files[0], "--proof", files[1], "--log-trust", files[2])).Ends(1);
        (await MicroCredsProgram.RunAsync("verify", files[0], "--proof", files[1])).Ends(64);
        (await MicroCredsProgram.RunAsync("log", "fsck", "--gateway", issuer, "--against", partner)).Ends(0);
    }

    /// <summary>A proof from before a revocation, and the filter that was kept since and brought up to date.</summary>
    [Fact]
    public async Task Filter_SaysOfAnOldProofWhatIsInForce()
    {
        var trust = await MeetAsync();
        byte[] document = await gateways.Issuer.IssueAsync("Kept For Long");
        string[] names = ["credential.json", "credential.tlog-proof", "trust.json", "ledger.status-filter"];
        string[] files = [.. names.Select(name => Path.Combine(_folder, name))];
        await File.WriteAllBytesAsync(files[0], document, Cancelled);
        await File.WriteAllBytesAsync(files[1], await ProofAsync(document, trust), Cancelled);
        await File.WriteAllBytesAsync(files[2], CanonicalJson.Serialize(trust), Cancelled);
        string issuer = $"{gateways.Issuer.Anyone.BaseAddress}";
        string[] verify = ["verify", files[0], "--proof", files[1], "--log-trust", files[2], "--filter", files[3]];
        (await MicroCredsProgram.RunAsync("log", "filter", "--gateway", issuer, "--out", files[3])).Ends(0);
        (await MicroCredsProgram.RunAsync(verify)).Ends(0);
        long size = LogHead.Parse(StatusFilterFile.Parse(await File.ReadAllBytesAsync(files[3], Cancelled)).Head.Text)
            .Size;
        await GatewayHost.OkAsync(await gateways.Issuer.PostAsync(
            $"/v1/credentials/{GatewayHost.IdOf(document)}/revocation", new { reason = "issuedInError" }));
        await SaysAsync(document, trust, CheckCodes.Revoked);
        (await MicroCredsProgram.RunAsync(
            "log", "filter", "--gateway", issuer, "--since", files[3], "--out", files[3])).Ends(0);
        var run = (await MicroCredsProgram.RunAsync(verify)).Ends(1);
        Assert.Contains("the filter does not say which", run.Output, StringComparison.Ordinal);

        var file = StatusFilterFile.Parse(await File.ReadAllBytesAsync(files[3], Cancelled));
        long now = LogHead.Parse(file.Head.Text).Size;
        foreach (var gateway in new[] { gateways.Issuer, gateways.Partner })
        {
            using var answer = await gateway.Anyone.GetAsync($"/log/filter/{now}", Cancelled);
            Assert.Contains("immutable", $"{answer.Headers.CacheControl}", StringComparison.Ordinal);
            Assert.Equal(file.Open().ToBytes(), await answer.Content.ReadAsByteArrayAsync(Cancelled));
            byte[] changes = await gateway.Anyone.GetByteArrayAsync($"/log/filter/{now}/since/{size}", Cancelled);
            Assert.Equal(1, StatusFilter.Parse(changes).Entries);
        }

        foreach (string none in new[] { $"log/filter/{now + 100}", "log/filter/1", $"v1/log/filter?since={now + 1}" })
        {
            using var answer = await gateways.Issuer.Anyone.GetAsync(none, Cancelled);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }

        using var wrong = await gateways.Issuer.Anyone.GetAsync("/v1/log/filter?since=soon", Cancelled);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        (await MicroCredsProgram.RunAsync("log", "fsck", "--gateway", issuer)).Ends(0);
    }

    [Fact]
    public async Task Page_VerifiesByTheProof_WithoutANetwork()
    {
        browser.OrSkip();
        var trust = await MeetAsync();
        byte[] document = await gateways.Issuer.IssueAsync("On The Page");
        byte[] proof = await ProofAsync(document, trust);
        var page = await browser.OpenAsync($"{gateways.Issuer.Anyone.BaseAddress}verify/offline");
        await Browser.AssertAccessibleAsync(page);
        await page.Context.SetOfflineAsync(true);
        await VerifyAsync(document);
        await Assertions.Expect(page.Locator("#verdict")).ToHaveTextAsync("In force");
        await Assertions.Expect(page.Locator("#about")).ToContainTextAsync("AuroraMSP, LindenMSP, Linden");
        await Assertions.Expect(page.Locator("#about")).ToContainTextAsync("On The Page");
        await VerifyAsync(Encoding.UTF8.GetBytes(
            Encoding.UTF8.GetString(document).Replace("On The Page", "Off The Page", StringComparison.Ordinal)));
        await Assertions.Expect(page.Locator("#verdict")).ToHaveTextAsync("The credential is not in force");
        await Assertions.Expect(page.Locator("#reasons")).ToContainTextAsync("The document was changed");

        // The same proof, and the list of what was withdrawn since.
        await GatewayHost.OkAsync(await gateways.Issuer.PostAsync(
            $"/v1/credentials/{GatewayHost.IdOf(document)}/revocation", new { reason = "issuedInError" }));
        await SaysAsync(document, trust, CheckCodes.Revoked);
        await ChooseAsync("filter", await gateways.Issuer.Anyone.GetByteArrayAsync("/v1/log/filter", Cancelled));
        await VerifyAsync(document);
        await Assertions.Expect(page.Locator("#reasons")).ToContainTextAsync("on the list of withdrawn");
        await page.CloseAsync();

        async Task VerifyAsync(byte[] credential)
        {
            foreach (var (id, content) in ((string, byte[])[])
                [("credential", credential), ("proof", proof), ("trust", CanonicalJson.Serialize(trust))])
                await ChooseAsync(id, content);
            await page.Locator("button[type=submit]").ClickAsync();
        }

        Task ChooseAsync(string id, byte[] content) => page.Locator($"#{id}").SetInputFilesAsync(new FilePayload
        {
            Name = id,
            MimeType = "application/octet-stream",
            Buffer = content,
        });
    }

    [Fact]
    public async Task Member_WhoseLogIsAnotherOne_IsNamedWithTheLeaf_AndSignsNothingOfOurs()
    {
        var trust = await MeetAsync();
        byte[] document = await gateways.Issuer.IssueAsync("Before The Fork");
        await ProofAsync(document, trust);
        var partner = gateways.Partner;
        byte[] right = [];
        await ChangeTileAsync(hashes =>
        {
            right = [.. hashes];
            hashes[(3 * MerkleTree.HashLength) + 1] ^= 1;
        });
        try
        {
            var exchange = gateways.Issuer.Services.GetRequiredService<HeadExchange>();
            var faces = gateways.Issuer.Services.GetRequiredService<MemberFaces>();

            // Once it is longer than what both had, one leaf in it still shows that it is another one.
            await gateways.Issuer.IssueAsync("Behind The Fork");
            await Until.TrueAsync(
                async () =>
                {
                    await exchange.ExchangeAsync(Cancelled);
                    return exchange.Differing.Count > 0 && faces.Found.Any(one => one.Kind == "otherLeaf");
                },
                () => $"{string.Join(';', exchange.States)} {string.Join(';', faces.Found)}");
            var differing = Assert.Single(exchange.Differing);
            Assert.Equal((3L, "LindenMSP"), (differing.DiffersAtLeaf, differing.Name.Split('/')[0]));
            string ready = await gateways.Issuer.Anyone.GetStringAsync("/readyz", Cancelled);
            Assert.Contains("first at leaf 3: neither signs", ready, StringComparison.Ordinal);
            Assert.Contains(
                "\"differsAtLeaf\":3", await gateways.Issuer.Anyone.GetStringAsync("/v1/log", Cancelled),
                StringComparison.Ordinal);

            Assert.Contains("contradict each other (otherLeaf", ready, StringComparison.Ordinal);
            await ShowsTwoFacesAsync(trust);
        }
        finally
        {
            await ChangeTileAsync(hashes => right.CopyTo(hashes, 0));
        }

        await ProofAsync(document, trust);
        Assert.Empty(gateways.Issuer.Services.GetRequiredService<HeadExchange>().Differing);

        async Task ChangeTileAsync(Action<byte[]> change)
        {
            var projection = partner.Services.GetRequiredService<LedgerProjection>();
            string name = LogHeads.SettingPrefix + projection.Shared.Ledger;
            await projection.Database.WriteAsync(connection =>
            {
                byte[] hashes = (byte[])connection
                    .Prepare("SELECT hashes FROM log_tile WHERE level = 0 AND number = 0", 0).ExecuteScalar()!;
                change(hashes);
                connection.Prepare("UPDATE log_tile SET hashes = $0 WHERE level = 0 AND number = 0", 1).With(hashes)
                    .ExecuteNonQuery();
            });

            // As a gateway that has never signed another head.
            await partner.Services.GetRequiredService<GatewayStore>().Database.WriteAsync(connection =>
                connection.Prepare("DELETE FROM setting WHERE name = $0", 1).With(name).ExecuteNonQuery());
            await partner.RestartAsync();
            await MeetAsync();
        }
    }

    /// <summary>The file proves to anybody what Linden signed: before the fork one leaf, behind it another.</summary>
    private async Task ShowsTwoFacesAsync(LogTrust trust)
    {
        var log = await LogAsync(gateways.Issuer);
        var listed = log["evidence"]!.AsArray().Single(one => (string?)one!["kind"] == "otherLeaf")!;
        Assert.Equal(trust.Members[1].Keys[0].Key, (string?)listed["key"]);
        byte[] file = await gateways.Issuer.Anyone.GetByteArrayAsync($"/v1/log/evidence/{listed["id"]}", Cancelled);
        Assert.Equal((string?)listed["id"], Convert.ToHexStringLower(SHA256.HashData(file)));
        var finding = TwoFaces.Read(file).Judge();
        Assert.Equal((FacesKind.OtherLeaf, "LindenMSP"), (finding.Kind, finding.Member));
        Assert.Contains("leaf 3 is another one", finding.Detail, StringComparison.Ordinal);

        string[] files = [Path.Combine(_folder, "faces.json"), Path.Combine(_folder, "trusted.json")];
        await File.WriteAllBytesAsync(files[0], file, Cancelled);
        await File.WriteAllBytesAsync(files[1], CanonicalJson.Serialize(trust), Cancelled);
        var run = (await MicroCredsProgram.RunAsync("log", "evidence", files[0], "--log-trust", files[1])).Ends(0);
        Assert.Contains("LindenMSP, by the trust file", run.Output, StringComparison.Ordinal);
        Assert.Contains("leaf 3 is another one", run.Output, StringComparison.Ordinal);
        await File.WriteAllBytesAsync(
            files[0], CanonicalJson.Serialize(TwoFaces.Read(file) with { Leaves = null }), Cancelled);
        (await MicroCredsProgram.RunAsync("log", "evidence", files[0])).Ends(1);
        using var none = await gateways.Issuer.Anyone.GetAsync("/v1/log/evidence/none", Cancelled);
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    /// <summary>Tells the issuer's gateway where the partner's is, and the partner of whom it is a witness.</summary>
    private async Task<LogTrust> MeetAsync()
    {
        var (issuer, partner) = (gateways.Issuer, gateways.Partner);
        var own = await LogAsync(issuer);
        string witnessed = Path.Combine(partner.DataDirectory, "witnessed-logs");
        if (!File.Exists(witnessed))
        {
            await File.WriteAllTextAsync(witnessed, $"{own["verifierKey"]}\n", Cancelled);
            partner.More = [.. partner.More, $"WitnessedLogs={witnessed}"];
            await partner.RestartAsync();
        }

        var theirs = await LogAsync(partner);
        string cosigners = Path.Combine(issuer.DataDirectory, "cosigners"), address = $"{partner.Anyone.BaseAddress}";
        string file = "# Linden's, whose key the ledger has\n"
            + $"LindenMSP {address}\n{theirs["cosignerKey"]} {address}log\n";
        if (!File.Exists(cosigners))
            issuer.More = [.. issuer.More, $"LogCosigners={cosigners}", "LogExchange=01:00:00"];
        if (!File.Exists(cosigners) || await File.ReadAllTextAsync(cosigners, Cancelled) != file)
        {
            await File.WriteAllTextAsync(cosigners, file, Cancelled);
            await issuer.RestartAsync();
        }

        return new LogTrust
        {
            Ledger = (string)own["origin"]!,
            Members = [Of("AuroraMSP", own["memberKey"]), Of("LindenMSP", theirs["memberKey"])],
            MembersNeeded = 2,
            Witnesses = [Of("Linden", theirs["cosignerKey"])],
            WitnessesNeeded = 1,
        };
    }

    private static TrustedCosigner Of(string name, JsonNode? key) =>
        new() { Name = name, Keys = [new CosignerKey((string)key!)] };

    private static async Task<JsonNode> LogAsync(GatewayHost gateway)
    {
        // Until the gateway knows its ledger it has no log to speak of.
        HttpResponseMessage answer = null!;
        await Until.TrueAsync(
            async () => (answer = await gateway.Anyone.GetAsync("/v1/log", Cancelled)).IsSuccessStatusCode,
            () => $"{answer}");
        return (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancelled))!;
    }

    private static LedgerAnchorDocument AnchorOf(byte[] document) => CredentialReader.Read(document).Anchor;

    private static async Task<byte[]> FetchAsync(GatewayHost gateway, byte[] document)
    {
        var anchor = AnchorOf(document);
        string path = string.Create(
            CultureInfo.InvariantCulture, $"/v1/log/proofs/{anchor.MspId}/{anchor.Root}/{anchor.Index}");
        HttpResponseMessage answer = null!;
        await Until.TrueAsync(
            async () => (answer = await gateway.Anyone.GetAsync(path, Cancelled)).IsSuccessStatusCode,
            () => $"{answer}");
        Assert.Equal(LogProofFile.MediaType, answer.Content.Headers.ContentType!.MediaType);
        return await answer.Content.ReadAsByteArrayAsync(Cancelled);
    }

    private static LogVerdict Verify(byte[] document, byte[] proof, LogTrust trust) =>
        new LogProofVerifier(TimeProvider.System, new LogProofOptions { Trust = trust }).Verify(document, proof);

    /// <summary>Fetches a proof until all have signed its head: the partner may be a block behind.</summary>
    private async Task<byte[]> ProofAsync(byte[] document, LogTrust trust)
    {
        byte[] proof = [];
        await Until.TrueAsync(
            async () =>
            {
                await gateways.Issuer.Services.GetRequiredService<HeadExchange>().ExchangeAsync(Cancelled);
                proof = await FetchAsync(gateways.Issuer, document);
                return FaultOf(proof) is null;
            },
            () => FaultOf(proof)!);
        return proof;

        string? FaultOf(byte[] file) =>
            HeadFinding.Of(LogProofFile.Parse(file, CredentialReader.Read(document)).Head, trust).Fault;
    }

    private async Task SaysAsync(byte[] document, LogTrust trust, string code)
    {
        Check status = null!;
        await Until.TrueAsync(
            async () =>
            {
                var verdict = Verify(document, await ProofAsync(document, trust), trust);
                status = verdict.Checks.First(check => check.Name == CheckNames.Status);
                return status.Code == code;
            },
            () => $"{status}");
    }
}

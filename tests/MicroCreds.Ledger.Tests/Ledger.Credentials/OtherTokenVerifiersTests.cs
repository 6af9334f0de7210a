using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Fabric.DevNetwork;
using MicroCreds.Ledger.Tests.Ledger.Credentials.Forms;
using MicroCreds.Ledger.Tests.Ledger.Credentials.Verifying;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials;

/// <summary>
/// Our tokens in the hands of others, offline: <c>jose</c> and <c>@sd-jwt/sd-jwt-vc</c>, with nothing but the issuer's
/// DID document and key set.
/// </summary>
public sealed class OtherTokenVerifiersTests
{
    private static readonly CredentialRequest Full = SampleIssuer.Request("Zoë 漢字 😀 \"quoted\" \\ \u2028") with
    {
        Recipient = new Recipient { Name = "Zoë 漢字 😀 \"quoted\" \\ \u2028", Id = "did:example:zoe" },
        ValidUntil = SampleIssuer.IssuedAt.AddYears(5),
        Result = new CredentialResult { Value = "5", Status = "Completed" },
        Evidence = [new CredentialEvidence { Url = "https://aurora.example/e/1", Name = "Essay" }],
    };

    private static readonly string[] Forms = ["vcJwt", "sdJwt"];

    [Theory]
    [InlineData(KeyAlgorithm.P256)]
    [InlineData(KeyAlgorithm.Ed25519)]
    public async Task Tokens_VerifyByLibrariesThatOthersWrote(KeyAlgorithm algorithm)
    {
        using var issuer = new SampleIssuer(algorithm: algorithm);
        var cohort = issuer.Issue([SampleIssuer.Request(), Full, Full]);
        var samples = new List<JsonObject>();
        foreach (string form in Forms)
        {
            for (int i = 0; i < cohort.Documents.Count; i++)
            {
                samples.Add(Sample($"{form} {i}", form, issuer, cohort.Documents[i]));
                samples.Add(Sample($"{form} {i} tampered", form, issuer, cohort.Documents[i], Tamper));
            }

            samples.Add(Sample(
                $"{form} expired", form, issuer, cohort.Documents[1], now: SampleIssuer.IssuedAt.AddYears(6)));
            samples.Add(Sample(
                $"{form} early", form, issuer, cohort.Documents[1], now: SampleIssuer.IssuedAt.AddDays(-1)));
        }

        issuer.SetKeyLife(key => key with { RevokedAt = SampleIssuer.IssuedAt.AddDays(1) });
        samples.AddRange(Forms.Select(form => Sample($"{form} withdrawn", form, issuer, cohort.Documents[0])));

        var results = await RunAsync(samples);
        Assert.Equal(18, results.Count);
        foreach (var (name, result) in results)
        {
            // A token that has expired, or is not valid yet, is signed well nevertheless.
            bool isGood = char.IsAsciiDigit(name[^1]);
            bool isSigned = isGood || name.EndsWith("expired", StringComparison.Ordinal)
                || name.EndsWith("early", StringComparison.Ordinal);
            Assert.True(result["verified"]!.GetValue<bool>() == isGood, $"{name}: {result.ToJsonString()}");
            Assert.True(result["byDid"]!.GetValue<bool>() == isSigned, $"{name}: {result.ToJsonString()}");
            if (isGood && name.StartsWith("vcJwt", StringComparison.Ordinal))
                Assert.True(result["terms"]!.GetValue<int>() > 40, $"{name} loses most of what it says.");
        }

        var claims = results["sdJwt 1"]["claims"]!;
        Assert.Equal(Full.Recipient.Name, (string?)claims["credentialSubject"]!["name"]);
        Assert.Equal("5", (string?)claims["credentialSubject"]!["result"]![0]!["value"]);
        Assert.Equal("Essay", (string?)claims["evidence"]![0]!["name"]);
    }

    [Theory]
    [InlineData(KeyAlgorithm.P256)]
    [InlineData(KeyAlgorithm.Ed25519)]
    public async Task Tokens_RevokedOrSuspended_AreFoundSoByTheirOwnStatusEntry(KeyAlgorithm algorithm)
    {
        using var issuer = new SampleIssuer(algorithm: algorithm);
        byte[] document = issuer.Issue([SampleIssuer.Request(), Full]).Documents[1];
        var samples = new List<JsonObject>();
        foreach (string form in Forms)
        {
            foreach (var (revoked, suspended) in new[] { (false, false), (true, false), (false, true) })
            {
                var sample = Sample($"{form} {revoked} {suspended}", form, issuer, document);
                sample["lists"] = SampleStatusLists.Of(issuer, document, revoked, suspended);
                sample["tokenList"] = SampleStatusLists.TokenOf(issuer, document, revoked, suspended);
                samples.Add(sample);
            }
        }

        var results = await RunAsync(samples);
        Assert.Equal(6, results.Count);
        foreach (var (name, result) in results)
        {
            // Signed well in each case: that it does not stand any more is for the list to say.
            Assert.True((bool)result["verified"]!, $"{name}: {result.ToJsonString()}");
            Assert.EndsWith(
                $" {(bool)result["revoked"]!} {(bool)result["suspended"]!}", name, StringComparison.Ordinal);
            if (!name.StartsWith("sdJwt", StringComparison.Ordinal)) continue;
            Assert.Equal((bool)result["revoked"]! ? 1 : (bool)result["suspended"]! ? 2 : 0, (int)result["status"]!);
        }
    }

    [Theory]
    [InlineData(KeyAlgorithm.P256)]
    [InlineData(KeyAlgorithm.Ed25519)]
    public async Task Presentation_MadeByAnotherLibrary_IsValidHereWithoutTheName(KeyAlgorithm algorithm)
    {
        using var issuer = new SampleIssuer(algorithm: algorithm);
        var cohort = issuer.Issue([SampleIssuer.Request(), Full, Full]);
        var results = await RunAsync([Sample("presented", "sdJwt", issuer, cohort.Documents[2])]);
        byte[] presented = Encoding.ASCII.GetBytes((string)results["presented"]["presented"]!);
        Assert.Equal(
            ["evidence", "result"],
            ForgedToken.Of(presented).Disclosures.Select(ForgedToken.NameOf).Order(StringComparer.Ordinal));

        var verifier = new CredentialVerifier(
            SampleLedger.Of(issuer, cohort), new FakeTimeProvider(SampleIssuer.IssuedAt.AddDays(1)),
            new VerificationOptions { Ledger = SampleIssuer.Ledger });
        var verdict = await verifier.VerifyAsync(presented, TestContext.Current.CancellationToken);
        Assert.Equal(VerdictKind.Valid, verdict.Kind);
        Assert.Null(verdict.Credential!.Recipient);
        Assert.Equal("5", CredentialContent.Of(verdict.Document!).Grade);
    }

    [Theory]
    [InlineData(KeyAlgorithm.P256)]
    [InlineData(KeyAlgorithm.Ed25519)]
    public async Task Presentation_OfABoundCredential_ByAnothersWallet_IsProvenHereAndThere(KeyAlgorithm algorithm)
    {
        using var issuer = new SampleIssuer();
        using var holder = IssuerPrivateKey.Generate(algorithm);
        var bound = Full with { Recipient = Full.Recipient with { Key = HolderKeys.PublicOf(holder) } };
        var cohort = issuer.Issue([Full, bound]);
        var sample = Sample("wallet", "sdJwt", issuer, cohort.Documents[1]);
        sample["wallet"] = new JsonObject
        {
            ["jwk"] = HolderKeys.PrivateOf(holder),
            ["audience"] = "https://verifier.example",
            ["nonce"] = "n-0S6_WzA2Mj",
        };
        var result = (await RunAsync([sample]))["wallet"];
        Assert.True((bool?)result["bound"], result.ToJsonString());

        var verifier = new CredentialVerifier(
            SampleLedger.Of(issuer, cohort), new FakeTimeProvider(SampleIssuer.IssuedAt.AddDays(1)),
            new VerificationOptions { Ledger = SampleIssuer.Ledger });
        var verdict = await verifier.VerifyAsync(
            Encoding.ASCII.GetBytes((string)result["presented"]!),
            new PresentationRequest("https://verifier.example", "n-0S6_WzA2Mj"),
            TestContext.Current.CancellationToken);
        Assert.Equal(VerdictKind.Valid, verdict.Kind);
        Assert.Equal(CheckCodes.HolderProven, verdict.Checks[^1].Code);
    }

    private static void Tamper(ForgedToken token)
    {
        if (token.IsSdJwt) token.Payload["name"] = "Another Title";
        else token.Payload["credentialSubject"]!["name"] = "Someone Else";
    }

    private static JsonObject Sample(
        string name, string form, SampleIssuer issuer, byte[] document, Action<ForgedToken>? change = null,
        DateTimeOffset? now = null)
    {
        var writer = new CredentialFormWriter(issuer.Key, issuer.Institution.Did, "key-1");
        byte[] token = form == "vcJwt" ? writer.WriteVcJwt(document) : writer.WriteSdJwt(document);
        if (change is not null) token = ForgedToken.Of(token).Change(change).ToArray();
        return new JsonObject
        {
            ["name"] = name,
            ["form"] = form,
            ["token"] = Encoding.ASCII.GetString(token),
            ["did"] = IssuerIdentity.DidDocument(issuer.Institution),
            ["keys"] = IssuerIdentity.KeySet(issuer.Institution),
            ["tokenList"] = SampleStatusLists.TokenOf(issuer, document),
            ["context"] = new JsonObject
            {
                [PublishedContext.UrlAt(issuer.Context.StatusList.Gateway)] =
                    JsonNode.Parse(PublishedContext.Document.Span),
            },
            ["now"] = (now ?? SampleIssuer.IssuedAt.AddDays(1)).ToUnixTimeSeconds(),
        };
    }

    private static async Task<Dictionary<string, JsonNode>> RunAsync(List<JsonObject> samples)
    {
        var cancellation = TestContext.Current.CancellationToken;
        string programs = await NodePrograms.InstallAsync("tokens", cancellation);
        string input = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(input, JsonSerializer.Serialize(samples), cancellation);
            var (exitCode, output) = await NodePrograms.RunAsync(
                NodePrograms.Start("node", ["verify.mjs", input], programs), EndToEnd.Until.Patience, cancellation);
            Assert.True(exitCode == 0, output);
            return output.Split('\n').Where(line => line.StartsWith('{')).Select(line => JsonNode.Parse(line)!)
                .ToDictionary(result => result["name"]!.GetValue<string>());
        }
        finally
        {
            File.Delete(input);
        }
    }
}

using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Bundles;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.Gateway;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Bundles;

/// <summary>Bundles made by gateways on a network, and verified with nothing but the file and pinned roots.</summary>
public sealed class BundleTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private readonly GatewayHost _issuer = gateways.Issuer;
    private readonly GatewayHost _partner = gateways.Partner;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Verify_BundleOfTheIssuer_IsValidAndSaysOnWhoseSignatures()
    {
        byte[] document = await IssueAsync();
        string path = $"/v1/credentials/{GatewayHost.IdOf(document)}/bundle";
        using var answer = await GatewayHost.OkAsync(await _issuer.Registrar.GetAsync(path, Cancellation));
        Assert.Equal(OfflineBundle.MediaType, answer.Content.Headers.ContentType!.MediaType);
        var verdict = await VerifyAsync(await answer.Content.ReadAsByteArrayAsync(Cancellation));
        Assert.True(verdict.Kind == VerdictKind.Valid, Describe(verdict));
        Assert.NotNull(verdict.AsOf);
        Assert.Contains(verdict.RestsOn, by => by.Role == SignatureRoles.Issuer && by.MspId == _issuer.MspId);
        Assert.Contains(verdict.RestsOn, by => by.Role == SignatureRoles.Witness && by.MspId == _issuer.MspId);
        Assert.True(verdict.RestsOn.Count(by => by.Role == SignatureRoles.Endorser) >= 2, Describe(verdict));
        Assert.Contains(verdict.Checks, check => check.Code == CheckCodes.NeverAccredited);

        // The document is the holder's own: without a login nobody gets it by its id.
        Assert.Equal(HttpStatusCode.Unauthorized, (await _issuer.Anyone.GetAsync(path, Cancellation)).StatusCode);
    }

    [Theory]
    [InlineData("revocation", "other", CheckCodes.Revoked)]
    [InlineData("suspension", "underReview", CheckCodes.Suspended)]
    public async Task Verify_BundleByAnotherMember_ProvesTheStatus(string change, string reason, string code)
    {
        byte[] document = await IssueAsync();
        var before = await VerifyAsync(await MakeAsync(_partner, document));
        Assert.True(before.Kind == VerdictKind.Valid, Describe(before));
        Assert.Contains(before.RestsOn, by => by.Role == SignatureRoles.Witness && by.MspId == _partner.MspId);

        await GatewayHost.OkAsync(
            await _issuer.PostAsync($"/v1/credentials/{GatewayHost.IdOf(document)}/{change}", new { reason }));
        await Until.TrueAsync(
            async () => (await VerifyAsync(await MakeAsync(_partner, document))).Checks.Any(c => c.Code == code),
            () => $"the partner's bundle does not prove: {code}");
    }

    [Fact]
    public async Task Verify_BundleThatIsSentBack_IsMadeAnewAndVerifiesOnline()
    {
        byte[] bundle = await MakeAsync(_issuer, await IssueAsync());
        var again = await VerifyAsync(await MakeAsync(_issuer, bundle));
        Assert.True(again.Kind == VerdictKind.Valid, Describe(again));
        Assert.Equal("valid", await _issuer.VerdictAsync(bundle));
    }

    [Fact]
    public async Task Verify_AccreditationTakenOutOfTheBundle_IsInvalid()
    {
        var bundle = JsonNode.Parse(await MakeAsync(_issuer, await IssueAsync()))!.AsObject();
        Assert.True(bundle.Remove("accreditation"));
        AssertFails(await VerifyAsync(bundle), BundleCheckCodes.WitnessForged);
    }

    [Theory]
    [InlineData("application/vc+jwt")]
    [InlineData("application/dc+sd-jwt")]
    public async Task Verify_BundleOfACompactForm_IsValid(string mediaType)
    {
        string id = GatewayHost.IdOf(await IssueAsync());
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/credentials/{id}");
        request.Headers.Accept.ParseAdd(mediaType);
        using var answer = await GatewayHost.OkAsync(await _issuer.Registrar.SendAsync(request, Cancellation));
        byte[] bundle = await MakeAsync(_partner, await answer.Content.ReadAsByteArrayAsync(Cancellation));
        Assert.Equal(
            System.Text.Json.JsonValueKind.String,
            JsonNode.Parse(bundle)!["credential"]!.GetValueKind());
        var verdict = await VerifyAsync(bundle);
        Assert.True(verdict.Kind == VerdictKind.Valid, Describe(verdict));
    }

    [Fact]
    public async Task Verify_WithoutPinnedRoots_IsIndeterminateAndSaysWhy()
    {
        byte[] bundle = await MakeAsync(_issuer, await IssueAsync());
        var verdict = await new BundleVerifier(TimeProvider.System, new()).VerifyAsync(bundle, Cancellation);
        Assert.Equal(VerdictKind.Indeterminate, verdict.Kind);
        var open = Assert.Single(verdict.Checks, check => check.Outcome == CheckOutcome.Unknown);
        Assert.Equal(BundleCheckCodes.RootsNotPinned, open.Code);
    }

    [Fact]
    public async Task Verify_RootsOfOtherMembers_IsInvalidWhateverTheBundleSays()
    {
        byte[] bundle = await MakeAsync(_issuer, await IssueAsync());
        var trust = await TrustAsync();
        var swapped = trust with
        {
            Members =
            [
                .. trust.Members.Select((member, i) =>
                    member with { Roots = trust.Members[(i + 1) % trust.Members.Count].Roots }),
            ],
        };
        var verdict = await VerifyAsync(bundle, swapped);
        AssertFails(verdict, BundleCheckCodes.NotEndorsed);
        Assert.Null(verdict.AsOf);
        Assert.Empty(verdict.RestsOn);
    }

    [Fact]
    public async Task Verify_FewerEndorsementsThanAreNeeded_IsInvalid()
    {
        byte[] bundle = await MakeAsync(_issuer, await IssueAsync());
        var trust = await TrustAsync();
        AssertFails(
            await VerifyAsync(bundle, trust with { Endorsements = trust.Members.Count + 1 }),
            BundleCheckCodes.NotEndorsed);
    }

    [Fact]
    public async Task Verify_OneMembersCertificatesCannotBeRead_TheOthersCountAllTheSame()
    {
        byte[] bundle = await MakeAsync(_issuer, await IssueAsync());

        // Each record has three endorsements; two of them hold without another's. Only what another wrote is lost.
        var trust = await TrustAsync() with { Endorsements = 2 };
        var verdicts = new List<BundleVerdict>();
        foreach (var other in trust.Members.Where(member => member.MspId != _issuer.MspId))
            verdicts.Add(await VerifyAsync(bundle, Garble(trust, other.MspId)));
        Assert.Contains(verdicts, verdict => verdict.Kind == VerdictKind.Valid);
        AssertFails(await VerifyAsync(bundle, Garble(trust, _issuer.MspId)), BundleCheckCodes.NotEndorsed);
    }

    [Fact]
    public async Task Verify_OtherLedgerOrContract_IsInvalid()
    {
        byte[] bundle = await MakeAsync(_issuer, await IssueAsync());
        var trust = await TrustAsync();
        AssertFails(await VerifyAsync(bundle, trust with { Ledger = "elsewhere" }), BundleCheckCodes.NotEndorsed);
        AssertFails(await VerifyAsync(bundle, trust with { Chaincode = "another" }), BundleCheckCodes.NotEndorsed);
    }

    [Fact]
    public async Task Verify_OlderThanIsAllowed_IsIndeterminate()
    {
        byte[] bundle = await MakeAsync(_issuer, await IssueAsync());
        var options = new BundleVerificationOptions { Trust = await TrustAsync(), MaxAge = TimeSpan.FromDays(1) };
        Assert.Equal(
            VerdictKind.Valid,
            (await new BundleVerifier(TimeProvider.System, options).VerifyAsync(bundle, Cancellation)).Kind);
        var later = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(
            TimeProvider.System.GetUtcNow().AddDays(2));
        var verdict = await new BundleVerifier(later, options).VerifyAsync(bundle, Cancellation);
        Assert.Equal(VerdictKind.Indeterminate, verdict.Kind);
        Assert.Contains(verdict.Checks, check => check.Code == BundleCheckCodes.TooOld);
    }

    [Fact]
    public async Task Verify_StatusTakenOutOfTheBundle_IsInvalid()
    {
        byte[] document = await IssueAsync();
        await GatewayHost.OkAsync(await _issuer.PostAsync(
            $"/v1/credentials/{GatewayHost.IdOf(document)}/revocation", new { reason = "other" }));
        var bundle = JsonNode.Parse(await MakeAsync(_issuer, document))!.AsObject();
        Assert.True(bundle.Remove("status"));
        AssertFails(await VerifyAsync(bundle), BundleCheckCodes.WitnessForged);
        Assert.True(bundle["witness"]!["statement"]!.AsObject().Remove("status"));
        AssertFails(await VerifyAsync(bundle), BundleCheckCodes.WitnessForged);
    }

    [Fact]
    public async Task Verify_PartsOfAnotherCredentialsBundle_IsNeverValid()
    {
        var one = JsonNode.Parse(await MakeAsync(_issuer, await _issuer.IssueAsync("First Learner")))!.AsObject();
        var other = JsonNode.Parse(await MakeAsync(_issuer, await _issuer.IssueAsync("Second Learner")))!.AsObject();
        foreach (string part in new[] { "credential", "issuance", "witness" })
        {
            var mixed = one.DeepClone().AsObject();
            mixed[part] = other[part]!.DeepClone();
            Assert.NotEqual(VerdictKind.Valid, (await VerifyAsync(mixed)).Kind);
        }
    }

    [Fact]
    public async Task Verify_AnyTextChanged_IsNeverValid()
    {
        var bundle = JsonNode.Parse(await MakeAsync(_issuer, await IssueAsync()))!.AsObject();

        // The roots of the bundle itself count for nothing once roots are pinned.
        bundle.Remove("roots", out var roots);
        int changed = 0;
        foreach (var (path, value) in TextsOf(bundle))
        {
            var tampered = bundle.DeepClone().AsObject();
            tampered["roots"] = roots!.DeepClone();
            Replace(tampered, path, Change(value));
            var verdict = await VerifyAsync(tampered);
            Assert.True(
                verdict.Kind != VerdictKind.Valid, $"{string.Join('/', path)} was changed: {Describe(verdict)}");
            changed++;
        }

        Assert.True(changed > 60, $"only {changed} places were changed.");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"type\":\"OfflineBundle\"}")]
    [InlineData("{\"type\":\"OfflineBundle\",\"type\":\"OfflineBundle\"}")]
    public async Task Verify_NoBundle_IsInvalid(string text) => AssertFails(
        await VerifyAsync(Encoding.UTF8.GetBytes(text)), BundleCheckCodes.NotABundle);

    [Fact]
    public async Task Make_LedgerOutOfReach_IsUnavailable()
    {
        byte[] document = await IssueAsync();
        _issuer.Wire.IsCut = true;
        try
        {
            await Until.TrueAsync(
                async () => (await PostAsync(_issuer, document)).StatusCode == HttpStatusCode.ServiceUnavailable,
                () => "a bundle is made although the ledger cannot be asked");
        }
        finally
        {
            _issuer.Wire.IsCut = false;
        }
    }

    [Theory]
    [InlineData("{\"a\":1}", HttpStatusCode.BadRequest)]
    [InlineData("nonsense", HttpStatusCode.BadRequest)]
    public async Task Make_OfNoCredential_IsRefused(string body, HttpStatusCode expected)
    {
        using var answer = await PostAsync(_issuer, Encoding.UTF8.GetBytes(body));
        Assert.Equal(expected, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
    }

    // The same request would find the same credential, which another test may have revoked.
    private Task<byte[]> IssueAsync() => _issuer.IssueAsync($"Offline Learner {Guid.NewGuid():N}");

    private static Task<HttpResponseMessage> PostAsync(GatewayHost gateway, byte[] document) =>
        gateway.Anyone.PostAsync("/v1/bundles", new ByteArrayContent(document), Cancellation);

    private static async Task<byte[]> MakeAsync(GatewayHost gateway, byte[] document)
    {
        HttpResponseMessage? answer = null;
        await Until.TrueAsync(
            async () => (answer = await PostAsync(gateway, document)).IsSuccessStatusCode,
            () => $"no bundle: {answer?.StatusCode}");
        return await answer!.Content.ReadAsByteArrayAsync(Cancellation);
    }

    // Pinned from another member than the one that makes most of the bundles.
    private async Task<LedgerTrust> TrustAsync() =>
        LedgerTrust.Read(await _partner.Anyone.GetByteArrayAsync("/v1/trust", Cancellation));

    private Task<BundleVerdict> VerifyAsync(JsonNode bundle) =>
        VerifyAsync(Encoding.UTF8.GetBytes(bundle.ToJsonString()));

    private async Task<BundleVerdict> VerifyAsync(byte[] bundle, LedgerTrust? trust = null) => await new BundleVerifier(
        TimeProvider.System, new() { Trust = trust ?? await TrustAsync() }).VerifyAsync(bundle, Cancellation);

    private static LedgerTrust Garble(LedgerTrust trust, string mspId) => trust with
    {
        Members =
        [
            .. trust.Members.Select(member => member.MspId == mspId
                ? member with
                {
                    Roots = ["-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"],
                }
                : member),
        ],
    };

    private static void AssertFails(BundleVerdict verdict, string code)
    {
        Assert.True(verdict.Kind == VerdictKind.Invalid, Describe(verdict));
        Assert.Contains(verdict.Checks, check => check.Outcome == CheckOutcome.Fail && check.Code == code);
    }

    private static string Describe(BundleVerdict verdict) => string.Join(
        '\n', verdict.Checks.Select(check => $"{check.Name} {check.Outcome} {check.Code}: {check.Detail}"));

    private static IEnumerable<(string[] Path, string Value)> TextsOf(JsonNode node, params string[] path) =>
        node switch
        {
            JsonObject members => members.ToList().SelectMany(
                member => member.Value is null ? [] : TextsOf(member.Value, [.. path, member.Key])),
            JsonArray items => items.SelectMany((item, i) => TextsOf(item!, [.. path, $"{i}"])),
            JsonValue value when value.TryGetValue(out string? text) => [(path, text)],
            _ => [],
        };

    private static void Replace(JsonNode node, string[] path, string value)
    {
        foreach (string step in path[..^1])
            node = node is JsonArray items ? items[Number(step)]! : node[step]!;
        if (node is JsonArray last)
            last[Number(path[^1])] = value;
        else
            node[path[^1]] = value;
    }

    private static int Number(string step) => int.Parse(step, System.Globalization.CultureInfo.InvariantCulture);

    // Somewhere in the middle, so that base64 stays base64.
    private static string Change(string text)
    {
        if (text.Length == 0) return "x";
        int at = text.Length / 2;
        return $"{text[..at]}{(text[at] == 'A' ? 'B' : 'A')}{text[(at + 1)..]}";
    }
}

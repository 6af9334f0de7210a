using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.Collections;
using MicroCreds.Fabric.Client;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Peer;
using MicroCreds.Ledger.Bundles;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Ledger.Gateway;
using Xunit;
using Payload = MicroCreds.Fabric.Protocol.Common.Payload;
using Transaction = MicroCreds.Fabric.Protocol.Peer.Transaction;

namespace MicroCreds.Ledger.Tests.Ledger.Bundles;

/// <summary>Bundles and trust files as somebody makes them who wants to deceive, or to break the reader.</summary>
public sealed class HostileBundleTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private readonly GatewayHost _partner = gateways.Partner;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Witness_OfATimeToCome_IsRefused()
    {
        var bundle = await MakeAsync();
        var verdict = await VerifyAsync(await ReSignAsync(
            bundle, statement => statement with
            {
                AsOf = statement.AsOf with { Time = new DateTimeOffset(2099, 1, 1, 0, 0, 0, TimeSpan.Zero) },
            }));
        Assert.Equal(VerdictKind.Invalid, verdict.Kind);
        Assert.Contains(
            verdict.Checks,
            check => check.Name == BundleCheckNames.Witness && check.Outcome == CheckOutcome.Fail);
    }

    [Fact]
    public async Task Witness_OfATimeWhenItsCertificateWasNotValid_IsRefused()
    {
        var bundle = await MakeAsync();
        var verdict = await VerifyAsync(await ReSignAsync(
            bundle, statement => statement with
            {
                AsOf = statement.AsOf with { Time = new DateTimeOffset(2001, 1, 1, 0, 0, 0, TimeSpan.Zero) },
            }));
        var witness = verdict.Checks.Single(check => check.Name == BundleCheckNames.Witness);
        Assert.Equal((CheckOutcome.Fail, BundleCheckCodes.WitnessForged), (witness.Outcome, witness.Code));
        Assert.Contains("was not valid at", witness.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Witness_WithoutARole_IsRefused()
    {
        // A peer's certificate is its member's, and its key signs as well as any.
        var member = gateways.Members.First();
        string peer = Directory.GetDirectories(Path.Combine(member.Directory, "peers")).First();
        string certificate = await File.ReadAllTextAsync(
            Directory.GetFiles(Path.Combine(peer, "msp", "signcerts")).Single(), Cancellation);
        string key = await File.ReadAllTextAsync(
            Directory.GetFiles(Path.Combine(peer, "msp", "keystore")).Single(), Cancellation);
        var verdict = await VerifyAsync(await SignAsync(
            await MakeAsync(), statement => statement with { MspId = member.MspId }, certificate, key));
        var witness = verdict.Checks.Single(check => check.Name == BundleCheckNames.Witness);
        Assert.Equal(CheckOutcome.Fail, witness.Outcome);
        Assert.Contains("has no role", witness.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Endorsement_ThatDoesNotHold_IsNone_AndTheOthersCountAllTheSame()
    {
        // Fabric passes over it: whoever sends a transaction puts beside the endorsements what it likes.
        byte[] bundle = await MakeAsync();
        var stranger = new Endorsement { Endorser = ByteString.CopyFromUtf8("nobody"), Signature = ByteString.Empty };
        var verdict = await VerifyAsync(await EndorseAsync(bundle, endorsements => endorsements.Insert(0, stranger)));
        Assert.True(verdict.Kind == VerdictKind.Valid, string.Join('\n', verdict.Checks));

        verdict = await VerifyAsync(await EndorseAsync(bundle, endorsements =>
        {
            endorsements.Clear();
            endorsements.Add(stranger);
        }));
        Assert.Contains(verdict.Checks, check => check.Code == BundleCheckCodes.NotEndorsed);
    }

    [Fact]
    public async Task Headline_SaysAsOfWhenAndByWhoseWord()
    {
        var verdict = await VerifyAsync(await MakeAsync());
        Assert.Equal(VerdictKind.Valid, verdict.Kind);
        string start = $"Valid as of {verdict.AsOf!.Time:u}, by the word of ";
        Assert.StartsWith(start, verdict.Headline, StringComparison.Ordinal);
        Assert.Contains(_partner.MspId, verdict.Headline, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"type":"LedgerTrust","ledger":"l","chaincode":"c","members":[null]}""", "/members/0")]
    [InlineData("""{"type":"LedgerTrust","ledger":"l","chaincode":"c","members":null}""", "/members")]
    [InlineData("""{"type":"LedgerTrust","ledger":"l","chaincode":"c","members":[{"mspId":"A","roots":[null]}]}""",
        "/members/0/roots/0")]
    [InlineData("""{"type":"LedgerTrust","ledger":null,"chaincode":"c","members":[]}""", "/ledger")]
    [InlineData("[]", "")]
    public void TrustFile_WithNulls_IsToldAndNeverBreaksTheReader(string file, string place)
    {
        var fault = Assert.Throws<StrictJsonException>(() => LedgerTrust.Read(Encoding.UTF8.GetBytes(file)));
        Assert.Equal(place, fault.Path);
    }

    [Fact]
    public async Task Bundle_NullAnywhere_IsNeverValid_AndNeverBreaksTheReader()
    {
        byte[] bundle = await MakeAsync();
        int places = 0;
        foreach (string path in PathsOf(JsonNode.Parse(bundle)!).ToList())
        {
            var changed = JsonNode.Parse(bundle)!;
            if (!TrySetNull(changed, path)) continue;
            places++;

            // The bundle's own roots count for nothing beside a trust file, if they can be read at all.
            var verdict = await VerifyAsync(Encoding.UTF8.GetBytes(changed.ToJsonString()));
            bool isOfRoots = path.StartsWith("$.roots.", StringComparison.Ordinal);
            Assert.True(verdict.Kind != VerdictKind.Valid || isOfRoots, $"null at {path} is valid");
        }

        Assert.True(places > 40, $"only {places} places were tried");
    }

    private static IEnumerable<string> PathsOf(JsonNode node)
    {
        if (node.GetPath() is not "$" and var path && !path.StartsWith("$.credential.", StringComparison.Ordinal))
            yield return path;
        IEnumerable<JsonNode?> inner = node is JsonObject members ? members.Select(member => member.Value)
            : node is JsonArray items ? items : [];
        foreach (string below in inner.OfType<JsonNode>().SelectMany(PathsOf)) yield return below;
    }

    private static bool TrySetNull(JsonNode root, string path)
    {
        var found = Find(root, path);
        if (found?.Parent is JsonObject owner) owner[found.GetPropertyName()] = null;
        else if (found?.Parent is JsonArray list) list[found.GetElementIndex()] = null;
        else return false;

        return true;
    }

    private static JsonNode? Find(JsonNode node, string path)
    {
        if (node.GetPath() == path) return node;
        IEnumerable<JsonNode?> inner = node is JsonObject members ? members.Select(member => member.Value)
            : node is JsonArray items ? items : [];
        return inner.OfType<JsonNode>().Select(one => Find(one, path)).FirstOrDefault(one => one is not null);
    }

    private async Task<byte[]> MakeAsync()
    {
        byte[] document = await gateways.Issuer.IssueAsync($"Bundled {Guid.NewGuid():N}");
        byte[]? bundle = null;
        await EndToEnd.Until.TrueAsync(
            async () =>
            {
                using var content = new ByteArrayContent(document);
                using var answer = await _partner.Anyone.PostAsync("/v1/bundles", content, Cancellation);
                bundle = answer.IsSuccessStatusCode ? await answer.Content.ReadAsByteArrayAsync(Cancellation) : null;
                return bundle is not null;
            },
            () => "the partner does not make a bundle");
        return bundle!;
    }

    /// <summary>Changes who endorsed the issuance, and signs the transaction anew as its creator would.</summary>
    private async Task<byte[]> EndorseAsync(byte[] bundle, Action<RepeatedField<Endorsement>> change)
    {
        var changed = JsonNode.Parse(bundle)!;
        var envelope = Envelope.Parser.ParseFrom(
            Convert.FromBase64String((string)changed["issuance"]!["transaction"]!));
        var payload = Payload.Parser.ParseFrom(envelope.Payload);
        var transaction = Transaction.Parser.ParseFrom(payload.Data);
        var endorsed = ChaincodeActionPayload.Parser.ParseFrom(transaction.Actions.Single().Payload);
        change(endorsed.Action.Endorsements);
        transaction.Actions.Single().Payload = endorsed.ToByteString();
        payload.Data = transaction.ToByteString();
        envelope.Payload = payload.ToByteString();
        var issuer = gateways.Members.Single(one => one.MspId == gateways.Issuer.MspId);
        string keys = Path.Combine(issuer.Directory, "users", $"User1@{issuer.Domain}", "msp", "keystore");
        using var signer = PrivateKeySigner.FromPem(
            await File.ReadAllTextAsync(Directory.GetFiles(keys).Single(), Cancellation));
        envelope.Signature = ByteString.CopyFrom(
            await signer.SignAsync(SHA256.HashData(envelope.Payload.Span), Cancellation));
        changed["issuance"]!["transaction"] = Convert.ToBase64String(envelope.ToByteArray());
        return Encoding.UTF8.GetBytes(changed.ToJsonString());
    }

    /// <summary>Signs anew with the identity that signed it: a member's gateway that lies.</summary>
    private Task<byte[]> ReSignAsync(byte[] bundle, Func<Witness, Witness> change)
    {
        var member = gateways.Members.Single(one => one.MspId == _partner.MspId);
        string msp = Path.Combine(member.Directory, "users", $"User1@{member.Domain}", "msp");
        return SignAsync(
            bundle, change, File.ReadAllText(Directory.GetFiles(Path.Combine(msp, "signcerts")).Single()),
            File.ReadAllText(Directory.GetFiles(Path.Combine(msp, "keystore")).Single()));
    }

    private static async Task<byte[]> SignAsync(
        byte[] bundle, Func<Witness, Witness> change, string certificate, string key)
    {
        var read = LedgerJson.Deserialize<OfflineBundle>(bundle);
        var statement = change(read.Witness.Statement);
        using var signer = PrivateKeySigner.FromPem(key);
        byte[] signature = await signer.SignAsync(
            SHA256.HashData(WitnessSignature.BytesToSign(statement)), Cancellation);
        var changed = JsonNode.Parse(bundle)!;
        changed["witness"] = JsonNode.Parse(CanonicalJson.Serialize(
            new SignedWitness(statement, certificate, Convert.ToBase64String(signature))));
        return Encoding.UTF8.GetBytes(changed.ToJsonString());
    }

    private async Task<BundleVerdict> VerifyAsync(byte[] bundle)
    {
        var trust = LedgerTrust.Read(await _partner.Anyone.GetByteArrayAsync("/v1/trust", Cancellation));
        return await new BundleVerifier(TimeProvider.System, new() { Trust = trust }).VerifyAsync(bundle, Cancellation);
    }
}

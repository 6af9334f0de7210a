using MicroCreds.Ledger.Gateway.Attesting;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Log;
using MicroCreds.Ledger.Log.Notes;
using MicroCreds.Ledger.Log.Witnessing;
using MicroCreds.Ledger.Tests.EndToEnd;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>Which of the heads that others signed is kept, and what is remembered of who signed one.</summary>
public sealed class HeadKeepingTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private LogHeads Heads => gateways.Issuer.Services.GetRequiredService<LogHeads>();

    private ProjectedLog Log => gateways.Issuer.Services.GetRequiredService<LedgerProjection>().Log;

    /// <summary>Else one member that signs nothing hides for minutes what is withdrawn.</summary>
    [Fact]
    public async Task Head_ThatEnoughSigned_TakesThePlaceOfOneThatMoreSigned_AndNoLateOneTakesItBack()
    {
        using var key = LogKey.Open(
            gateways.Issuer.Services.GetRequiredService<GatewayServiceOptions>(), "others-log-key.pem");
        var first = await Heads.ReadAsync(Cancelled);
        var bySeveral = first.With(
            [await SignedAsync(key, "TejoMSP", first.Text), await SignedAsync(key, "LindenMSP", first.Text)]);
        Assert.Equal($"{bySeveral}", $"{await Heads.KeepCosignedAsync(bySeveral, isEnough: true)}");

        long size = Log.Now.Size;
        await gateways.Issuer.IssueAsync("One More Leaf");
        await Until.TrueAsync(() => Task.FromResult(Log.Now.Size > size), () => "It does not grow.");
        var second = await Heads.ReadAsync(Cancelled);
        Assert.Equal($"{bySeveral}", $"{await Heads.KeepCosignedAsync(second, isEnough: false)}");
        Assert.Equal($"{second}", $"{await Heads.KeepCosignedAsync(second, isEnough: true)}");
        Assert.Equal($"{second}", $"{await Heads.KeepCosignedAsync(bySeveral, isEnough: true)}");
    }

    [Fact]
    public async Task Head_BeyondTheOwnLog_AndAShorterOneLater_AreTwoFaces()
    {
        var services = gateways.Issuer.Services;
        using var key = LogKey.Open(services.GetRequiredService<GatewayServiceOptions>(), "growing-log-key.pem");
        var faces = services.GetRequiredService<MemberFaces>();
        var signer = key.For(MemberCosigner.NameOf(Heads.Origin, "TejoMSP"), NoteKeyType.Cosignature);
        var (now, at) = (Log.Now, DateTimeOffset.UtcNow);
        var right = new LogHead(Heads.Origin, now.Size, now.Root) { Extensions = now.Standing.ToLines() };
        var grown = right with { Size = now.Size + 40 };
        await faces.SeeBeyondAsync(signer.Key, await NoteAsync(grown, at));
        Assert.DoesNotContain(faces.Found, one => one.Key == $"{signer.Key}");
        await faces.SeeSameAsync(signer.Key, await NoteAsync(right, at.AddSeconds(8)));
        Assert.Equal("shorter", Assert.Single(faces.Found, one => one.Key == $"{signer.Key}").Kind);

        async Task<SignedNote> NoteAsync(LogHead head, DateTimeOffset signedAt) =>
            new(head.ToText(), [await signer.SignAsync(head.ToText(), signedAt, Cancelled)]);
    }

    private async Task<NoteSignature> SignedAsync(LogKey key, string mspId, string text) => await key
        .For(MemberCosigner.NameOf(Heads.Origin, mspId), NoteKeyType.Cosignature)
        .SignAsync(text, DateTimeOffset.UtcNow, Cancelled);
}

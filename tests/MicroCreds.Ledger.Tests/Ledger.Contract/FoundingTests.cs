using System.Net.Http.Json;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.Gateway;
using MicroCreds.Ledger.Tests.Ledger.Model;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Contract;

/// <summary>A ledger that nobody has founded yet.</summary>
public sealed class UnfoundedLedger : LedgerFixture
{
    protected override bool IsFounded => false;
}

/// <summary>The first record: what it may say, that it is written once, and who notices a false one.</summary>
public sealed class FoundingTests
{
    private static readonly string OtherHash = new('0', 64);

    [Fact]
    public async Task Found_OnceAndForAll_AndNothingBefore()
    {
        await using var ledger = new UnfoundedLedger();
        await ledger.InitializeAsync();
        var member = ledger[LedgerFixture.Aurora];
        await RefuseUnfoundedAsync(member);
        await RefuseFaultyAsync(member, ledger.Founding);

        var founded = await LedgerMember.SubmitAsync<Founding>(member.Admin, TransactionNames.Found, ledger.Founding);
        Assert.False(founded.Unchanged);
        Assert.Equal(ledger.Founding.Ledger, founded.Record.Ledger);
        Assert.NotNull(founded.Record.TransactionId);
        var partner = ledger[LedgerFixture.Linden];
        var again = await LedgerMember.SubmitAsync<Founding>(partner.Admin, TransactionNames.Found, ledger.Founding);
        Assert.True(again.Unchanged);
        await Refused.SubmitAsync(
            partner.Admin, ErrorCodes.FoundingConflict, null, TransactionNames.Found,
            ledger.Founding with { Ledger = $"{ledger.Channel}:{OtherHash}" });
        await Refused.SubmitAsync(
            partner.Admin, ErrorCodes.FoundingConflict, null, TransactionNames.Found,
            ledger.Founding with { Members = [partner.MspId] });
        var members = await member.EvaluateAsync<Members>(TransactionNames.GetMembers);
        Assert.Equal(ledger.Founding.Members, members.MspIds);
    }

    [Fact]
    public async Task Statement_OfAnotherConsortium_WithTheSameChannelNameAndKey_IsRefused()
    {
        await using var one = new LedgerFixture();
        await using var other = new LedgerFixture();
        await one.InitializeAsync();
        await other.InitializeAsync();
        Assert.Equal(one.Channel, other.Channel);
        Assert.NotEqual(one.Founding.Ledger, other.Founding.Ledger);

        // The same institution with the same key, which it may use as long as statements say what they are for.
        var here = one[LedgerFixture.Aurora];
        var there = other[LedgerFixture.Aurora];
        await here.RegisterAsync();
        await LedgerMember.SubmitAsync<Institution>(
            there.Admin, TransactionNames.SetInstitution, there.Institution);
        await Refused.SubmitAsync(
            there.Admin, ErrorCodes.WrongLedger, "/statement/ledger", TransactionNames.AddKey,
            here.SignKey(here.Key, here.KeyId));
        there.Ledger = other.Founding.Ledger;
        await LedgerMember.SubmitAsync<Institution>(
            there.Admin, TransactionNames.AddKey, there.SignKey(here.Key, here.KeyId));

        var achievement = Samples.Achievement(here);
        foreach (var member in new[] { here, there })
        {
            await LedgerMember.SubmitAsync<Achievement>(
                member.User, TransactionNames.PublishAchievement, achievement);
        }

        var issuance = Samples.Issuance(here, new AchievementReference(achievement.Id, achievement.Version));
        var signed = TestKeys.Sign(issuance, here.Key);
        await LedgerMember.SubmitAsync<Issuance>(here.User, TransactionNames.Issue, signed);
        await Refused.SubmitAsync(
            there.User, ErrorCodes.WrongLedger, "/statement/ledger", TransactionNames.Issue, signed);
        var revocation = Samples.Status(
            here, new Issuance
            {
                Statement = issuance,
                Signature = signed.Signature,
                IssuedAt = DateTimeOffset.UnixEpoch,
                TransactionId = "",
            }, CredentialState.Revoked, 1);
        await Refused.SubmitAsync(
            there.User, ErrorCodes.WrongLedger, "/statement/ledger", TransactionNames.SetStatus,
            TestKeys.Sign(revocation, here.Key));
    }

    [Fact]
    public async Task Gateway_OnALedgerThatAMemberFoundedFalsely_SignsNothingAndSaysWhy()
    {
        await using var ledger = new UnfoundedLedger();
        await ledger.InitializeAsync();
        await LedgerMember.SubmitAsync<Founding>(
            ledger[LedgerFixture.Tejo].Admin, TransactionNames.Found,
            ledger.Founding with { Ledger = $"{ledger.Channel}:{OtherHash}" });
        await using var gateway = await GatewayHost.StartAsync(ledger[LedgerFixture.Aurora]);
        using var ready = await gateway.Anyone.GetAsync("/readyz", TestContext.Current.CancellationToken);
        Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        string said = await ready.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains(OtherHash, said, StringComparison.Ordinal);
        Assert.Contains(ledger.Founding.Ledger, said, StringComparison.Ordinal);
        using var refused = await gateway.Registrar.PutAsync(
            "/v1/institution", new StringContent(
                gateway.Profile().ToJsonString(), System.Text.Encoding.UTF8, "application/json"),
            TestContext.Current.CancellationToken);
        Assert.Equal(System.Net.HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains(
            "nothing is signed", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
        using var trust = await gateway.Anyone.GetAsync("/v1/trust", TestContext.Current.CancellationToken);
        Assert.Equal(System.Net.HttpStatusCode.Conflict, trust.StatusCode);
    }

    [Fact]
    public async Task Gateways_StartedAtOnceOnAnUnfoundedLedger_FoundItOnce()
    {
        await using var ledger = new UnfoundedLedger();
        await ledger.InitializeAsync();
        var gateways = await Task.WhenAll(
            ledger.Members.Select(member => GatewayHost.StartAsync(member)));
        try
        {
            foreach (var gateway in gateways)
                await GatewayHost.OkAsync(await gateway.Registrar.PutAsync(
                    "/v1/institution", new StringContent(
                        gateway.Profile().ToJsonString(), System.Text.Encoding.UTF8, "application/json"),
                    TestContext.Current.CancellationToken));
            var founding = await ledger[LedgerFixture.Aurora].EvaluateAsync<Founding>(TransactionNames.GetFounding);
            Assert.Equal(ledger.Founding.Ledger, founding.Ledger);
            Assert.Equal(ledger.Founding.Members, founding.Members);
        }
        finally
        {
            foreach (var gateway in gateways) await gateway.DisposeAsync();
        }
    }

    [Fact]
    public async Task LedgerThatAGatewayFoundedForAll_TakesNoKeyWithoutTheHalf()
    {
        await using var ledger = new UnfoundedLedger();
        await ledger.InitializeAsync();
        await using var gateway = await GatewayHost.StartAsync(ledger[LedgerFixture.Aurora], "MlDsa=consortium");
        await GatewayHost.OkAsync(await gateway.Registrar.PutAsJsonAsync(
            "/v1/institution", gateway.Profile(), TestContext.Current.CancellationToken));
        var mirror = gateway.Services.GetRequiredService<LedgerProjection>();
        await Until.TrueAsync(
            () => Task.FromResult(KeyRatchet.IsHeld(mirror.Institutions.GetValueOrDefault(gateway.MspId)?.Keys ?? [])),
            () => "No key has a half of ML-DSA-44.");
        Assert.True(mirror.Shared.Founding!.MlDsaNeeded);
        Assert.Single(mirror.Institutions[gateway.MspId].Keys);
        var partner = ledger[LedgerFixture.Linden];
        partner.Ledger = ledger.Founding.Ledger;
        await LedgerMember.SubmitAsync<Institution>(
            partner.Admin, TransactionNames.SetInstitution, partner.Institution);
        await Refused.SubmitAsync(
            partner.Admin, ErrorCodes.InvalidValue, "/statement/mlDsaMultibase", TransactionNames.AddKey,
            partner.SignKey(partner.Key, partner.KeyId));
    }

    private static async Task RefuseUnfoundedAsync(LedgerMember member)
    {
        (string Name, object[] Arguments)[] all =
        [
            (TransactionNames.SetInstitution, [member.Institution]),
            (TransactionNames.AddKey, [member.SignKey(member.Key, member.KeyId)]),
            (TransactionNames.RevokeKey, [new KeyRevocation(member.KeyId)]),
            (TransactionNames.PublishAchievement, [Samples.Achievement(member)]),
            (TransactionNames.RetireAchievement, ["a", 1]),
            (TransactionNames.RetirePathway, ["a", 1]),
            (TransactionNames.SetOffering, [Samples.Offering(member, "a")]),
            (TransactionNames.LeaveConsortium, []),
            (TransactionNames.Issue, [TestKeys.Sign(
                Samples.Issuance(member, new AchievementReference("a", 1)), member.Key)]),
        ];
        foreach (var (name, arguments) in all)
            await Refused.SubmitAsync(member.Admin, ErrorCodes.NotFounded, null, name, arguments);

        await Refused.EvaluateAsync(member.User, ErrorCodes.NotFounded, null, TransactionNames.GetFounding);
    }

    private static async Task RefuseFaultyAsync(LedgerMember member, Founding right)
    {
        await Refused.SubmitAsync(
            member.User, ErrorCodes.RoleMissing, null, TransactionNames.Found, right);
        (Founding Founding, string Field)[] faulty =
        [
            (right with { Ledger = member.Channel }, "/ledger"),
            (right with { Ledger = "elsewhere:" + OtherHash }, "/ledger"),
            (right with { Ledger = right.Ledger.ToUpperInvariant() }, "/ledger"),
            (right with { Members = [] }, "/members"),
            (right with { MlDsaNeeded = false }, "/mlDsaNeeded"),
            (right with { Members = [LedgerFixture.Linden] }, "/members"),
            (right with { Members = [.. right.Members.Reverse()] }, "/members/1"),
            (right with { Format = 1 }, "/format"),
            (right with { TransactionId = "a" }, "/transactionId"),
        ];
        foreach (var (founding, field) in faulty)
        {
            await Refused.SubmitAsync(
                member.Admin, ErrorCodes.InvalidValue, field, TransactionNames.Found, founding);
        }
    }
}

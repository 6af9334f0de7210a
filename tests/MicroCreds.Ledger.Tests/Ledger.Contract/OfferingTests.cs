using System.Text.Json.Nodes;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.EndToEnd;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Contract;

[Collection(RegisteredLedgerGroup.Name)]
public sealed class OfferingTests(RegisteredLedger ledger)
{
    private LedgerMember Member => ledger[LedgerFixture.Linden];

    [Fact]
    public async Task Set_Again_IsUnchanged_AnotherTakesItsPlace_AndAllReadIt()
    {
        var offering = await OfferingAsync();
        var first = await SetAsync(offering);
        Assert.False(first.Unchanged);
        Assert.NotEqual(default, first.Record.ChangedAt);
        var again = await SetAsync(offering);
        Assert.True(again.Unchanged);
        Assert.Equal(first.Record.ChangedAt, again.Record.ChangedAt);
        Assert.False((await SetAsync(offering with { Offers = [offering.Offers[1]] })).Unchanged);

        var read = await ledger[LedgerFixture.Aurora].EvaluateAsync<Offering>(
            TransactionNames.GetOffering, Member.MspId, offering.Achievement);
        Assert.Equal(offering.Offers[1], Assert.Single(read.Offers));
        var page = await ledger[LedgerFixture.Tejo].EvaluateAsync<Page<Offering>>(
            TransactionNames.ListOfferings, Member.MspId, Limits.MaxPageSize, "");
        Assert.Contains(page.Items, one => one.Achievement == offering.Achievement);
        Assert.False((await SetAsync(offering with { Offers = [] })).Unchanged);
    }

    [Fact]
    public async Task Set_ForAnother_WithoutARole_OrOfNothing_IsRefused()
    {
        var offering = await OfferingAsync();
        await Refused.SubmitAsync(
            ledger[LedgerFixture.Aurora].User, ErrorCodes.WrongInstitution, "/mspId", TransactionNames.SetOffering,
            offering);
        await Refused.SubmitAsync(
            NewIdentity.Of(Member, role: null), ErrorCodes.RoleMissing, null, TransactionNames.SetOffering, offering);
        await Refused.SubmitAsync(
            Member.User, ErrorCodes.AchievementUnknown, "/achievement", TransactionNames.SetOffering,
            offering with { Achievement = Samples.NewId() });
        await Refused.SubmitAsync(
            Member.User, ErrorCodes.AchievementUnknown, "/startsAfter/0", TransactionNames.SetOffering,
            offering with { StartsAfter = [new PathwayItem(Member.MspId, Samples.NewId())] });
        await Refused.EvaluateAsync(
            Member.User, ErrorCodes.NotFound, "/achievement", TransactionNames.GetOffering, Member.MspId,
            Samples.NewId());
    }

    [Theory]
    [InlineData("/term", """{"term":" "}""")]
    [InlineData("/last", """{"last":"2026-12-31"}""")]
    [InlineData("/last", """{"last":"2037-01-01"}""")]
    [InlineData("/first", """{"first":"1927-01-02"}""")]
    [InlineData("/places", """{"places":-1}""")]
    [InlineData("/mode", """{"mode":"tv"}""")]
    [InlineData("/cost", """{"cost":0.001,"currency":"EUR"}""")]
    [InlineData("/currency", """{"cost":1}""")]
    [InlineData("/currency", """{"cost":1,"currency":"€"}""")]
    [InlineData("/language", """{"language":"the best"}""")]
    [InlineData("/url", """{"url":"ftp://a"}""")]
    public Task Set_BadOffer_IsRefusedWithItsPlace(string field, string members)
    {
        var offer = JsonNode.Parse("""{"term":"x","first":"2027-01-01","last":"2027-01-03"}""")!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(members)!.AsObject()) offer[name] = value!.DeepClone();
        return InvalidAsync("/offers/0" + field, $$"""{"offers":[{{offer.ToJsonString()}}]}""");
    }

    [Theory]
    [InlineData("/offers/0", """{"offers":[null]}""")]
    [InlineData(
        "/offers/1",
        """{"offers":[{"term":"x","first":"2027-01-01","last":"2027-01-03"},"""
        + """{"term":"x","first":"2027-01-01","last":"2027-01-03"}]}""")]
    [InlineData("/startsAfter/0", """{"startsAfter":[null]}""")]
    [InlineData("/startsAfter/0/id", """{"startsAfter":[{"mspId":"LindenMSP","id":"A"}]}""")]
    [InlineData("/achievement", """{"achievement":"Upper"}""")]
    [InlineData("/changedAt", """{"changedAt":"2020-01-01T00:00:00Z"}""")]
    public Task Set_BadValue_IsRefusedWithItsPlace(string field, string members) => InvalidAsync(field, members);

    [Fact]
    public Task Set_AfterItself_IsRefused() => Refused.SubmitAsync(
        Member.User, ErrorCodes.InvalidValue, "/startsAfter/0", TransactionNames.SetOffering,
        Samples.Offering(Member, "a") with { StartsAfter = [new PathwayItem(Member.MspId, "a")] });

    [Theory]
    [InlineData("/offers/0/first", """{"offers":[{"term":"x","first":"2027-02-30","last":"2027-03-01"}]}""")]
    [InlineData("/offers/0/x", """{"offers":[{"term":"x","first":"2027-02-03","last":"2027-03-01","x":1}]}""")]
    public Task Set_AnotherShape_IsRefused(string field, string members) => Refused.SubmitAsync(
        Member.User, ErrorCodes.MalformedArgument, field, TransactionNames.SetOffering,
        Spoilt.With(Samples.Offering(Member, "a"), members));

    private Task InvalidAsync(string field, string members) => Refused.SubmitAsync(
        Member.User, ErrorCodes.InvalidValue, field, TransactionNames.SetOffering,
        Spoilt.With(Samples.Offering(Member, "a"), members));

    private async Task<Offering> OfferingAsync() =>
        Samples.Offering(Member, (await Samples.PublishAsync(Member)).Id);

    private Task<Written<Offering>> SetAsync(Offering offering) =>
        LedgerMember.SubmitAsync<Offering>(Member.User, TransactionNames.SetOffering, offering);
}

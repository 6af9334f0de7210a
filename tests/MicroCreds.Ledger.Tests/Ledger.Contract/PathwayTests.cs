using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.EndToEnd;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Contract;

[Collection(RegisteredLedgerGroup.Name)]
public sealed class PathwayTests(RegisteredLedger ledger)
{
    private LedgerMember Member => ledger[LedgerFixture.Linden];

    private LedgerMember Partner => ledger[LedgerFixture.Aurora];

    [Fact]
    public async Task Publish_Again_IsUnchanged_AndAnotherContentIsRefused()
    {
        var pathway = await SampleAsync();
        var first = await PublishAsync(pathway);
        Assert.False(first.Unchanged);
        Assert.NotEqual(default, first.Record.PublishedAt);
        var second = await PublishAsync(pathway);
        Assert.True(second.Unchanged);
        Assert.Equal(first.Record.PublishedAt, second.Record.PublishedAt);
        await RefusedAsync(ErrorCodes.PathwayConflict, "/version", pathway with { Credits = 1 });
        Assert.False((await PublishAsync(pathway with { Version = 2, Credits = 1 })).Unchanged);

        var read = await Partner.EvaluateAsync<Pathway>(TransactionNames.GetPathway, Member.MspId, pathway.Id, 2);
        Assert.Equal(1, read.Credits);
        Assert.Equal(pathway.Groups[1].Pool!.Fields, read.Groups[1].Pool!.Fields);
        var page = await Partner.EvaluateAsync<Page<Pathway>>(
            TransactionNames.ListPathways, Member.MspId, Limits.MaxPageSize, "");
        Assert.Equal([1, 2], page.Items.Where(item => item.Id == pathway.Id).Select(item => item.Version));
    }

    [Fact]
    public async Task Retire_StaysRetired_AndOnlyByItsOwner()
    {
        var pathway = (await PublishAsync(await SampleAsync())).Record;
        await Refused.SubmitAsync(
            Partner.User, ErrorCodes.PathwayUnknown, "/id", TransactionNames.RetirePathway, pathway.Id, 1);
        var retired = await RetireAsync(pathway);
        Assert.NotNull(retired.Record.RetiredAt);
        var again = await RetireAsync(pathway);
        Assert.True(again.Unchanged);
        Assert.Equal(retired.Record.RetiredAt, again.Record.RetiredAt);
    }

    [Fact]
    public async Task Publish_ForAnother_IsRefused() => await Refused.SubmitAsync(
        Partner.Admin, ErrorCodes.WrongInstitution, "/mspId", TransactionNames.PublishPathway, await SampleAsync());

    [Fact]
    public async Task Publish_WithoutARole_IsRefused() => await Refused.SubmitAsync(
        NewIdentity.Of(Member, role: null),
        ErrorCodes.RoleMissing,
        null,
        TransactionNames.PublishPathway,
        await SampleAsync());

    [Fact]
    public async Task Publish_WhatNobodyPublished_IsRefusedWithItsPlace()
    {
        var pathway = await SampleAsync();
        var core = pathway.Groups[0];
        await RefusedAsync(
            ErrorCodes.AchievementUnknown, "/award", pathway with { Award = pathway.Award with { Version = 7 } });
        await RefusedAsync(
            ErrorCodes.AchievementUnknown, "/groups/0/items/0",
            With(pathway, core with { Items = [new PathwayItem(Member.MspId, Samples.NewId())] }));
        await RefusedAsync(
            ErrorCodes.AchievementUnknown, "/groups/0/items/0/versions/1",
            With(pathway, core with { Items = [core.Items[0] with { Versions = [1, 8] }] }));
        await RefusedAsync(
            ErrorCodes.AchievementUnknown, "/groups/0/items/0",
            With(pathway, core with { Items = [core.Items[0] with { MspId = Partner.MspId }] }));
        await RefusedAsync(
            ErrorCodes.AchievementUnknown, "/prerequisites/0/needs/0",
            pathway with
            {
                Prerequisites = [new(core.Items[0], [new PathwayItem(Member.MspId, Samples.NewId())])],
            });
    }

    [Fact]
    public async Task Publish_LeadingToARetiredAchievement_IsRefused()
    {
        var pathway = await SampleAsync();
        await LedgerMember.SubmitAsync<Achievement>(
            Member.User, TransactionNames.RetireAchievement, pathway.Award.Id, pathway.Award.Version);
        await RefusedAsync(ErrorCodes.AchievementRetired, "/award", pathway);
    }

    [Fact]
    public async Task Publish_RulesThatNobodyCanMeet_AreRefusedWithTheirPlace()
    {
        var pathway = await SampleAsync();
        var (core, electives) = (pathway.Groups[0], pathway.Groups[1]);
        var item = core.Items[0];
        await RefusedAsync(
            ErrorCodes.PathwayUnsatisfiable, "/groups/0/after",
            With(pathway, core with { After = [electives.Id] }, electives with { After = [core.Id] }));
        await RefusedAsync(
            ErrorCodes.PathwayUnsatisfiable, "/groups/0/after", With(pathway, core with { After = [core.Id] }));
        await RefusedAsync(
            ErrorCodes.PathwayUnsatisfiable, "/prerequisites/0/needs",
            pathway with
            {
                Prerequisites =
                    [new(item, [new PathwayItem("BMSP", "b")]), new(new PathwayItem("BMSP", "b"), [item])],
            });
        await RefusedAsync(
            ErrorCodes.PathwayUnsatisfiable, "/groups/1/items/0",
            With(pathway, core, new PathwayGroup { Id = "b", Name = "B", Rule = PathwayRule.All, Items = [item] }));
        await RefusedAsync(
            ErrorCodes.PathwayUnsatisfiable, "/groups/1/minCredits",
            With(pathway, core, electives with { Pool = null, Items = [item], MinCredits = 40 }));
        await RefusedAsync(
            ErrorCodes.PathwayUnsatisfiable, "/groups/1/minCount",
            With(pathway, core, electives with { Pool = null, Items = [item], MinCount = 2 }));
        await RefusedAsync(
            ErrorCodes.PathwayUnsatisfiable, "/groups/1/minCredits",
            With(pathway, core, electives with { MinCredits = 5, MaxCredits = 4 }));
        await RefusedAsync(ErrorCodes.PathwayUnsatisfiable, "/credits", With(pathway, core) with { Credits = 3 });
        await RefusedAsync(
            ErrorCodes.InvalidValue, "/groups/0/items/0",
            With(pathway, core with { Items = [new PathwayItem(Member.MspId, pathway.Award.Id)] }));
    }

    [Theory]
    [InlineData("/id", """{"id":"Upper"}""")]
    [InlineData("/version", """{"version":0}""")]
    [InlineData("/credits", """{"credits":0}""")]
    [InlineData("/credits", """{"credits":601}""")]
    [InlineData("/eqfLevel", """{"eqfLevel":9}""")]
    [InlineData("/withinMonths", """{"withinMonths":0}""")]
    [InlineData("/maxRecognizedCredits", """{"maxRecognizedCredits":-1}""")]
    [InlineData("/groups", """{"groups":[]}""")]
    [InlineData("/groups/0", """{"groups":[null]}""")]
    [InlineData("/prerequisites/0/needs", """{"prerequisites":[{"achievement":{"mspId":"A","id":"x"},"needs":[]}]}""")]
    [InlineData("/publishedAt", """{"publishedAt":"2020-01-01T00:00:00Z"}""")]
    [InlineData("/retiredAt", """{"retiredAt":"2020-01-01T00:00:00Z"}""")]
    public async Task Publish_BadValue_IsRefusedWithItsPlace(string field, string members) => await Refused.SubmitAsync(
        Member.User,
        ErrorCodes.InvalidValue,
        field,
        TransactionNames.PublishPathway,
        Spoilt.With(await SampleAsync(), members));

    [Theory]
    [InlineData("/groups/0/rule", """ "rule":"some" """)]
    [InlineData("/groups/0/items", """ "rule":"all" """)]
    [InlineData("/groups/0/items/0/id", """ "rule":"all","items":[{"mspId":"A","id":""}] """)]
    [InlineData("/groups/0/minCount", """ "rule":"all","items":[{"mspId":"A","id":"x"}],"minCount":1 """)]
    [InlineData("/groups/0/pool/fields/0", """ "rule":"choice","pool":{"fields":["x1"]} """)]
    [InlineData("/groups/0/minLevel", """ "rule":"choice","pool":{},"minLevel":0 """)]
    [InlineData("/groups/0/after/0", """ "rule":"choice","pool":{},"after":["b"] """)]
    [InlineData("/groups/1/id", """ "rule":"choice","pool":{}},{"id":"a","name":"A","rule":"choice","pool":{} """)]
    public async Task Publish_BadGroup_IsRefusedWithItsPlace(string field, string members) => await Refused.SubmitAsync(
        Member.User,
        ErrorCodes.InvalidValue,
        field,
        TransactionNames.PublishPathway,
        Spoilt.With(await SampleAsync(), $$"""{"groups":[{"id":"a","name":"A",{{members}} }]}"""));

    [Fact]
    public async Task Publish_MoreThanItsLimits_IsRefused()
    {
        var pathway = await SampleAsync();
        var many = Enumerable.Range(0, Limits.MaxPathwayGroups + 1)
            .Select(i => pathway.Groups[1] with { Id = $"group-{i}", After = [] });
        await RefusedAsync(ErrorCodes.InvalidValue, "/groups", pathway with { Groups = [.. many] });
        var items = Enumerable.Range(0, Limits.MaxPathwayItems).Select(i => new PathwayItem(Member.MspId, $"a{i}"));
        var wide = new PathwayGroup { Id = "wide", Name = "Wide", Rule = PathwayRule.Choice, Items = [.. items] };
        await RefusedAsync(ErrorCodes.TooLarge, "/groups", With(pathway, wide, pathway.Groups[0]));
    }

    private Task<Pathway> SampleAsync() => Samples.PathwayAsync(Member);

    private static Pathway With(Pathway pathway, params PathwayGroup[] groups) => pathway with { Groups = groups };

    private Task<Written<Pathway>> PublishAsync(Pathway pathway) =>
        LedgerMember.SubmitAsync<Pathway>(Member.User, TransactionNames.PublishPathway, pathway);

    private Task<Written<Pathway>> RetireAsync(Pathway pathway) => LedgerMember.SubmitAsync<Pathway>(
        Member.User, TransactionNames.RetirePathway, pathway.Id, pathway.Version);

    private Task RefusedAsync(string code, string field, Pathway pathway) =>
        Refused.SubmitAsync(Member.User, code, field, TransactionNames.PublishPathway, pathway);
}

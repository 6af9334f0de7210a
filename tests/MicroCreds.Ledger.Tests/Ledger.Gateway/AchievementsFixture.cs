using MicroCreds.Ledger.Tests.EndToEnd;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>A gateway that has a list of skills.</summary>
public sealed class AchievementsFixture : LedgerFixture, IAsyncLifetime
{
    public const string SkillUrl = "http://data.europa.eu/esco/skill/97bd1c21-66b2-4b7e-ad0f-e3cda590e378";

    private readonly string _skills = Path.Combine(Path.GetTempPath(), $"skills-{Guid.NewGuid():N}.csv");

    internal GatewayHost Gateway { get; private set; } = null!;

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        await InitializeAsync();
        await File.WriteAllTextAsync(_skills, SkillList(SkillUrl));
        Gateway = await GatewayHost.StartAsync(this[Aurora], $"SkillsFile={_skills}");
        await Gateway.PrepareAsync();
        await Gateway.SettleAsync();
    }

    /// <summary>A list of skills in ESCO's form, with its quoted line breaks.</summary>
    internal static string SkillList(string url) =>
        $"""
        conceptType,conceptUri,skillType,preferredLabel,altLabels,description
        KnowledgeSkillCompetence,{url},skill,analyse big data,"mine data
        évaluate large amounts of data","Collects numbers, and looks."
        KnowledgeSkillCompetence,http://data.europa.eu/esco/skill/00000000-0000-0000-0000-000000000001,skill,bake bread,,
        """;

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        if (Gateway is not null) await Gateway.DisposeAsync();
        File.Delete(_skills);
        await DisposeAsync();
    }
}

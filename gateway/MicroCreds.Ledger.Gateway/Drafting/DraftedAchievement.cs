using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Drafting;

/// <summary>
/// An achievement as far as it is written: the members of <see cref="AchievementDefinition"/>, of which each may still
/// be missing.
/// </summary>
public sealed record DraftedAchievement
{
    /// <summary>The name among the institution's achievements: lower-case letters, digits and hyphens.</summary>
    public string? Id { get; init; }

    /// <summary>The version, from 1 upwards.</summary>
    public int? Version { get; init; }

    /// <summary>The title.</summary>
    public string? Name { get; init; }

    /// <summary>What it is about.</summary>
    public string? Description { get; init; }

    /// <summary>What a learner has to do to earn it.</summary>
    public string? Criteria { get; init; }

    /// <summary>What a learner knows and can do afterwards.</summary>
    public IReadOnlyList<string> LearningOutcomes { get; init; } = [];

    /// <summary>The workload in ECTS credits.</summary>
    public double? Credits { get; init; }

    /// <summary>The workload in hours.</summary>
    public double? WorkloadHours { get; init; }

    /// <summary>The level of the European Qualifications Framework, 1 to 8.</summary>
    public int? EqfLevel { get; init; }

    /// <summary>The cycle of the European Higher Education Area's framework.</summary>
    public string? QfEheaCycle { get; init; }

    /// <summary>The language of teaching, BCP 47.</summary>
    public string? Language { get; init; }

    /// <summary>The type of assessment.</summary>
    public string? Assessment { get; init; }

    /// <summary>How learners are supervised and identified during assessment.</summary>
    public string? Supervision { get; init; }

    /// <summary>The form of participation.</summary>
    public string? Participation { get; init; }

    /// <summary>The type of quality assurance that underpins it.</summary>
    public string? QualityAssurance { get; init; }

    /// <summary>What a learner needs beforehand.</summary>
    public string? Prerequisites { get; init; }

    /// <summary>Whether it stacks.</summary>
    public string? Stackability { get; init; }

    /// <summary>What it stacks into.</summary>
    public string? StacksInto { get; init; }

    /// <summary>What else there is to know.</summary>
    public string? FurtherInformation { get; init; }

    /// <summary>The field of study, ISCED-F 2013, four digits.</summary>
    public string? FieldOfStudy { get; init; }

    /// <summary>The skills it stands for.</summary>
    public IReadOnlyList<Skill> Skills { get; init; } = [];

    /// <summary>Begins with what is published.</summary>
    /// <param name="published">It.</param>
    /// <param name="version">The version that it is to become.</param>
    public static DraftedAchievement Of(AchievementDefinition published, int version)
    {
        ArgumentNullException.ThrowIfNull(published);
        return new DraftedAchievement
        {
            Id = published.Id,
            Version = version,
            Name = published.Name,
            Description = published.Description,
            Criteria = published.Criteria,
            LearningOutcomes = published.LearningOutcomes,
            Credits = published.Credits,
            WorkloadHours = published.WorkloadHours,
            EqfLevel = published.EqfLevel,
            QfEheaCycle = published.QfEheaCycle,
            Language = published.Language,
            Assessment = published.Assessment,
            Supervision = published.Supervision,
            Participation = published.Participation,
            QualityAssurance = published.QualityAssurance,
            Prerequisites = published.Prerequisites,
            Stackability = published.Stackability,
            StacksInto = published.StacksInto,
            FurtherInformation = published.FurtherInformation,
            FieldOfStudy = published.FieldOfStudy,
            Skills = published.Skills,
        };
    }

    /// <summary>What it would be published as; what is missing is empty, which the rules refuse.</summary>
    public AchievementDefinition ToDefinition() => new()
    {
        Id = Id ?? "",
        Version = Version ?? 1,
        Name = Name ?? "",
        Description = Description ?? "",
        Criteria = Criteria ?? "",
        LearningOutcomes = LearningOutcomes,
        Credits = Credits ?? 0,
        WorkloadHours = WorkloadHours,
        EqfLevel = EqfLevel,
        QfEheaCycle = QfEheaCycle,
        Language = Language ?? "",
        Assessment = Assessment ?? "",
        Supervision = Supervision,
        Participation = Participation ?? "",
        QualityAssurance = QualityAssurance ?? "",
        Prerequisites = Prerequisites,
        Stackability = Stackability,
        StacksInto = StacksInto,
        FurtherInformation = FurtherInformation,
        FieldOfStudy = FieldOfStudy,
        Skills = Skills,
    };
}

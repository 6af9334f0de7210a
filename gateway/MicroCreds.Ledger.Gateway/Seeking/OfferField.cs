namespace MicroCreds.Ledger.Gateway.Seeking;

/// <summary>Where in an offer a word was found.</summary>
public enum OfferField
{
    /// <summary>In its title.</summary>
    Name,

    /// <summary>In a skill that it stands for.</summary>
    Skill,

    /// <summary>In what a learner can do afterwards.</summary>
    Outcome,

    /// <summary>In its description, or what it takes.</summary>
    Description,

    /// <summary>In the words of its field of study.</summary>
    FieldOfStudy,

    /// <summary>In the title or skills of an achievement that counts on it.</summary>
    Part,
}

/// <summary>How a word of a goal and one of an offer belong together.</summary>
public enum WordKinship
{
    /// <summary>They are the same, but for their endings.</summary>
    Same,

    /// <summary>They mean the same or nearly so, perhaps in another language.</summary>
    Meaning,

    /// <summary>One is a part of the other.</summary>
    Part,

    /// <summary>They are a slip of the pen apart.</summary>
    Slip,
}

using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Model;

public sealed class ComparableTextTests
{
    [Theory]
    [InlineData("Aurora University", "aurora university")]
    [InlineData("  AURORA\t–  University!", "aurora university")]
    [InlineData("Universität Zürich", "universitat zurich")]
    [InlineData("Universita\u0308t Zu\u0308rich", "universitat zurich")]
    [InlineData("Ａｕｒｏｒａ", "aurora")]
    [InlineData("𝐀𝐮𝐫𝐨𝐫𝐚", "aurora")]
    [InlineData("Au\u00ADro\u200Bra", "aurora")]
    [InlineData("\u0421\u041E\u0421\u041E\u0410", "cocoa")]
    [InlineData("Æro & Straße", "aero and strasse")]
    [InlineData("King's College", "kings college")]
    [InlineData("东京大学", "东京大学")]
    [InlineData("***", "***")]
    public void OfName_WhatLooksAlike_IsAlike(string name, string expected) =>
        Assert.Equal(expected, ComparableText.OfName(name));

    [Theory]
    [InlineData("https://ror.org/0abcdef12")]
    [InlineData("ROR.org/0ABCDEF12/")]
    [InlineData("http://www.ror.org/0abc-def12 ")]
    public void OfIdentifier_WhatNamesTheSame_IsTheSame(string value) =>
        Assert.Equal("rororg0abcdef12", ComparableText.OfIdentifier(value));

    [Theory]
    [InlineData(false, "Aurora University")]
    [InlineData(false, "Πανεπιστήμιο Αθηνών / University of Athens")]
    [InlineData(false, "東京University")]
    [InlineData(true, "Aur\u043Era")]
    [InlineData(true, "\u0391thens")]
    public void HasMixedWord_TellsLettersThatLookAlikeFromTwoAlphabets(bool mixed, string name) =>
        Assert.Equal(mixed, ComparableText.HasMixedWord(name));

    [Fact]
    public void Digest_IsOfWhatIsSaid_NotOfWhatTheLedgerAdds()
    {
        var identity = new InstitutionIdentity { Name = "Aurora", Country = "FI", Did = "did:web:aurora.example" };
        var confirmed = identity with { ConfirmedAt = DateTimeOffset.UnixEpoch, Ballot = "b" };
        Assert.Equal(identity.Digest(), confirmed.Digest());
        Assert.NotEqual(identity.Digest(), (identity with { Country = "SE" }).Digest());
    }
}

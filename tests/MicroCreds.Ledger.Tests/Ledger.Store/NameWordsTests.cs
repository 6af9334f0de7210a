using MicroCreds.Ledger.Store;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Store;

/// <summary>The words of names, and which are near enough.</summary>
public sealed class NameWordsTests
{
    [Theory]
    [InlineData("José Álvarez-Muñoz", "jose alvarez munoz")]
    [InlineData("Müller, Jürgen", "muller jurgen")]
    [InlineData("O'Brien", "obrien")]
    [InlineData("Weiß  WEISS", "weiss")]
    public void Of_AccentsCaseAndPunctuation_DoNotCount(string name, string words) =>
        Assert.Equal(words.Split(' '), NameWords.Of(name));

    [Theory]
    [InlineData("virtanen", "virtanen", 0)]
    [InlineData("virta", "virtanen", 1)]
    [InlineData("virtanne", "virtanen", 2)]
    [InlineData("wirtanen", "virtanen", 2)]
    [InlineData("virtamnem", "virtanen", 3)]
    [InlineData("mueller", "muller", 2)]
    [InlineData("meier", "maier", 2)]
    [InlineData("li", "liu", null)]
    [InlineData("aino", "anna", null)]
    public void Distance_ForgivesBeginningsAndSlips_ByTheLengthOfTheWord(string sought, string word, int? distance) =>
        Assert.Equal(distance, NameWords.DistanceOf(sought, word));

    [Fact]
    public void Distance_OfAKeyAndNoName_ForgivesItsBeginningAlone()
    {
        const string Key = "0f8fad5bd9cb469fa16570867728950e";
        Assert.Equal(0, NameWords.DistanceOf(Key, Key));
        Assert.Equal(1, NameWords.DistanceOf(Key[..8], Key));
        Assert.Null(NameWords.DistanceOf(Key[..^1] + "f", Key));
        Assert.Empty(NameWords.SlipsOf(Key));
        Assert.NotEmpty(NameWords.AllSlipsOf(Key));
    }
}

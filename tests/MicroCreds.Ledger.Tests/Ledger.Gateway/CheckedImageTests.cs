using System.Text;
using MicroCreds.Ledger.Gateway.Badges;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>What is taken of pictures that anybody may have made.</summary>
public sealed class CheckedImageTests
{
    [Fact]
    public void Svg_KeepsTheDrawing_AndNothingThatRunsOrLeadsElsewhere()
    {
        var picture = CheckedImage.Of(Encoding.UTF8.GetBytes(SamplePictures.UglySvg));
        string svg = Encoding.UTF8.GetString(picture.Image.Content);
        Assert.Equal("image/svg+xml", picture.Image.MediaType);
        Assert.Contains("fill=\"url(#g)\"", svg, StringComparison.Ordinal);
        Assert.Contains("stroke=\"red\"", svg, StringComparison.Ordinal);
        Assert.Contains("href=\"#kept\"", svg, StringComparison.Ordinal);
        string[] foul = ["script", "alert", "elsewhere", "onload", "foreignObject", "animate", "<a ", "style", "image"];
        Assert.All(foul, one => Assert.DoesNotContain(one, svg, StringComparison.OrdinalIgnoreCase));
        string[] told = ["a", "animate", "foreignObject", "image", "onload", "script", "style"];
        Assert.Empty(told.Except(picture.LeftOut));
    }

    [Fact]
    public void Svg_ThatWasMadePlain_StaysAsItIs()
    {
        var once = CheckedImage.Of(Encoding.UTF8.GetBytes(SamplePictures.UglySvg)).Image;
        var twice = CheckedImage.Of(once.Content);
        Assert.Equal(once.Digest, twice.Image.Digest);
        Assert.Empty(twice.LeftOut);
    }

    [Theory]
    [InlineData("<!DOCTYPE svg [<!ENTITY a \"b\">]><svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1 1\"/>")]
    [InlineData("<svg viewBox=\"0 0 1 1\"/>")]
    [InlineData("<html/>")]
    [InlineData("<svg xmlns=\"http://www.w3.org/2000/svg\"/>")]
    [InlineData("GIF89a")]
    public void File_ThatIsNoPicture_IsRefused(string file) =>
        Assert.Equal("noSvg", CodeOf(Encoding.UTF8.GetBytes(file)));

    [Fact]
    public void Svg_ThatIsNestedWithoutEnd_IsRefused()
    {
        string deep = string.Concat(Enumerable.Repeat("<g>", 200)) + string.Concat(Enumerable.Repeat("</g>", 200));
        Assert.Equal("noSvg", CodeOf(Encoding.UTF8.GetBytes(
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1 1\">{deep}</svg>")));
    }

    [Fact]
    public void Png_KeepsThePixels_AndNothingAboutPeople()
    {
        byte[] file = SamplePictures.Png();
        var picture = CheckedImage.Of(file);
        Assert.Equal("image/png", picture.Image.MediaType);
        string content = Encoding.Latin1.GetString(picture.Image.Content);
        Assert.Contains("Private", Encoding.Latin1.GetString(file), StringComparison.Ordinal);
        Assert.DoesNotContain("Private", content, StringComparison.Ordinal);
        Assert.Contains("IDAT", content, StringComparison.Ordinal);
        Assert.Equal(picture.Image.Digest, CheckedImage.Of(picture.Image.Content).Image.Digest);
    }

    [Fact]
    public void Png_WithOtherPixelsThanItSays_OrAFault_IsRefused()
    {
        Assert.Equal("broken", CodeOf(SamplePictures.Png(8, 8, lines: 9)));
        Assert.Equal("broken", CodeOf(SamplePictures.Png(8, 8, lines: 7)));
        Assert.Equal("tooWide", CodeOf(SamplePictures.Png(4000, 8)));
        byte[] file = SamplePictures.Png();
        Assert.Equal("broken", CodeOf(file[..^6]));
        file[20] ^= 1;
        Assert.Equal("broken", CodeOf(file));
    }

    [Fact]
    public void File_ThatIsTooLarge_OrEmpty_IsRefused()
    {
        Assert.Equal("tooLarge", CodeOf(new byte[CheckedImage.MaxBytes + 1]));
        Assert.Equal("empty", CodeOf([]));
    }

    private static string CodeOf(byte[] file) => Assert.Throws<ImageException>(() => CheckedImage.Of(file)).Code;
}

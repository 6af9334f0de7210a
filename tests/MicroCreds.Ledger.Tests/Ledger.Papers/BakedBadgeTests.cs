using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using MicroCreds.Ledger.Papers;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Fabric.DevNetwork;
using SkiaSharp;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Papers;

/// <summary>Credentials in badges, and the badges themselves.</summary>
public sealed class BakedBadgeTests
{
    private const string Token = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln";

    private static readonly string Json = Encoding.UTF8.GetString(SamplePaper.Credential);
    private static readonly byte[] Png = BadgePicture.Png(SamplePaper.Badge, 64);

    [Theory]
    [InlineData(Token)]
    [InlineData("{\"name\":\"Łódź ]]> <a> 李\"}")]
    public void Baked_IsUnbakedTheSame(string credential)
    {
        Assert.Equal(credential, BakedPng.Unbake(BakedPng.Bake(Png, credential)));
        Assert.Equal(credential, BakedSvg.Unbake(BakedSvg.Bake(SamplePaper.Badge, credential)));
        Assert.Null(BakedPng.Unbake(Png));
        Assert.Null(BakedSvg.Unbake(SamplePaper.Badge));
    }

    [Fact]
    public void Baked_Again_ReplacesTheEarlier()
    {
        byte[] once = BakedPng.Bake(Png, Json);
        Assert.Equal(once, BakedPng.Bake(BakedPng.Bake(Png, Token), Json));
        byte[] svg = BakedSvg.Bake(BakedSvg.Bake(SamplePaper.Badge, Token), Json);
        Assert.Equal(BakedSvg.Bake(SamplePaper.Badge, Json), svg);
        Assert.Single(
            XDocument.Parse(Encoding.UTF8.GetString(svg)).Descendants(), one => one.Name.LocalName == "credential");
    }

    [Fact]
    public void Baked_ShowsTheSamePicture()
    {
        byte[] svg = BakedSvg.Bake(SamplePaper.Badge, Json);
        Assert.Equal(BadgePicture.Png(SamplePaper.Badge), BadgePicture.Png(svg));
        using var before = SKBitmap.Decode(Png);
        using var after = SKBitmap.Decode(BakedPng.Bake(Png, Json));
        Assert.Equal(before.Bytes, after.Bytes);
    }

    [Fact]
    public async Task Baked_IsUnbakedByLibrariesThatOthersWrote()
    {
        var cancellation = TestContext.Current.CancellationToken;
        string programs = await NodePrograms.InstallAsync("badges", cancellation);
        string folder = Directory.CreateTempSubdirectory("badges-").FullName;
        try
        {
            await File.WriteAllBytesAsync(Path.Combine(folder, "badge.png"), BakedPng.Bake(Png, Json), cancellation);
            await File.WriteAllBytesAsync(
                Path.Combine(folder, "badge.svg"), BakedSvg.Bake(SamplePaper.Badge, Json), cancellation);
            await File.WriteAllBytesAsync(
                Path.Combine(folder, "token.svg"), BakedSvg.Bake(SamplePaper.Badge, Token), cancellation);
            await File.WriteAllBytesAsync(
                Path.Combine(folder, "paper.pdf"), PaperPdf.Write(SamplePaper.Ordinary), cancellation);
            var (exitCode, output) = await NodePrograms.RunAsync(
                NodePrograms.Start("node", ["unbake.mjs", folder], programs), Until.Patience, cancellation);
            Assert.True(exitCode == 0, output);
            var found = JsonNode.Parse(output)!;
            Assert.Equal((Json, false), ((string?)found["png"], (bool)found["isCompressed"]!));
            Assert.Equal(Json, (string?)found["json"]!["text"]);
            Assert.Equal("openbadges:credential", (string?)found["json"]!["tag"]);
            Assert.True((bool)found["json"]!["isFirst"]!);
            Assert.Equal((1, Token), ((int)found["token"]!["count"]!, (string?)found["token"]!["verify"]));
            Assert.Equal("/Source", (string?)found["relationship"]);

            // The paper as another program saved it, its objects packed, still carries the credential.
            var resaved = CarriedCredential.Find(
                await File.ReadAllBytesAsync(Path.Combine(folder, "resaved.pdf"), cancellation));
            Assert.Equal(SamplePaper.Credential, Assert.Single(resaved.Contents).Content);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Older_IsToldApart()
    {
        byte[] png = WithText("tEXt", [.. "openbadges\0"u8, .. Encoding.ASCII.GetBytes(Token)]);
        Assert.Null(BakedPng.Unbake(png));
        Assert.Equal(Token, BakedPng.UnbakeOlder(png));
        byte[] svg = Encoding.UTF8.GetBytes(
            "<svg xmlns='http://www.w3.org/2000/svg' xmlns:openbadges='http://openbadges.org'>"
            + $"<openbadges:assertion verify='{Token}'/></svg>");
        Assert.Null(BakedSvg.Unbake(svg));
        Assert.Equal(Token, BakedSvg.UnbakeOlder(svg));
        Assert.Equal(CarriedPlace.BakedOlder, Assert.Single(CarriedCredential.Find(png).Contents).Place);
        Assert.Equal(CarriedPlace.BakedOlder, Assert.Single(CarriedCredential.Find(svg).Contents).Place);
    }

    [Fact]
    public void Png_Compressed_IsReadUpToALimit()
    {
        Assert.Equal(Json, BakedPng.Unbake(WithText("iTXt", Packed(Encoding.UTF8.GetBytes(Json)))));
        byte[] bomb = WithText("iTXt", Packed(new byte[BakedPng.MaxCredentialBytes + 1]));
        Assert.Throws<PaperException>(() => BakedPng.Unbake(bomb));
    }

    [Fact]
    public void Png_ChangedAnywhere_IsRefused()
    {
        byte[] baked = BakedPng.Bake(Png, Token);
        for (int at = 0; at < baked.Length; at += 3)
        {
            byte[] changed = [.. baked];
            changed[at] ^= 0x20;
            Assert.Throws<PaperException>(() => BakedPng.Unbake(changed));
            Assert.Throws<PaperException>(() => BakedPng.Unbake(baked[..at]));
        }
    }

    [Fact]
    public void Svg_Hostile_IsRefused()
    {
        string[] files =
        [
            "", "<svg", "<html/>", "<svg xmlns='http://www.w3.org/2000/svg'>",
            "<!DOCTYPE svg [<!ENTITY a 'b'>]><svg xmlns='http://www.w3.org/2000/svg'>&a;</svg>",
            string.Concat(Enumerable.Repeat("<svg xmlns='http://www.w3.org/2000/svg'>", 1000)),
        ];
        foreach (string file in files)
        {
            Assert.Throws<PaperException>(() => BakedSvg.Unbake(Encoding.UTF8.GetBytes(file)));
            Assert.Throws<PaperException>(() => BakedSvg.Bake(Encoding.UTF8.GetBytes(file), Json));
            Assert.Throws<PaperException>(() => BadgePicture.Png(Encoding.UTF8.GetBytes(file)));
        }
    }

    [Theory]
    [InlineData("<use href='#a' id='a'/>")]
    [InlineData("<g id='a'><use href='#a'/><use href='#a'/></g>")]
    public void Drawing_ThatLeadsInCircles_IsRefused(string circle) =>
        Assert.Throws<PaperException>(() => BadgePicture.Png(Encoding.UTF8.GetBytes(
            $"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'>{circle}</svg>")));

    [Fact]
    public void Badge_LongOrShort_FitsAndIsDrawn()
    {
        string[] titles = ["Go", "Grundlagen der Geschäftsprozessmodellierung", "李", new string('x', 400)];
        foreach (string title in titles)
        {
            byte[] svg = BadgePicture.Draw(title, "Hochschule für angewandte Wissenschaften Linden", "#7a1f3d");
            using var picture = SKBitmap.Decode(BadgePicture.Png(svg));
            Assert.Equal((600, 600), (picture.Width, picture.Height));
            Assert.Equal(0, picture.GetPixel(2, 2).Alpha);
            Assert.Equal(new SKColor(0x7a, 0x1f, 0x3d), picture.GetPixel(300, 556));

            // White letters: in the middle, and none near the edge.
            Assert.Contains(White, Row(picture, 276, 20).Concat(Row(picture, 276, 0)));
            Assert.DoesNotContain(White, Enumerable.Range(0, 600).Select(y => picture.GetPixel(80, y)));
        }

        Assert.Equal(BadgePicture.Draw("Go", "A", "#123456"), BadgePicture.Draw("Go", "A", "#123456"));
        Assert.Throws<PaperException>(() => BadgePicture.Draw("Go", "A", "red"));
    }

    private static SKColor White => new(255, 255, 255);

    private static IEnumerable<SKColor> Row(SKBitmap picture, int y, int around) =>
        Enumerable.Range(y - around, (2 * around) + 1).SelectMany(
            row => Enumerable.Range(0, picture.Width).Select(x => picture.GetPixel(x, row)));

    private static byte[] Packed(byte[] text)
    {
        using var packed = new MemoryStream();
        packed.Write("openbadgecredential\0\u0001\0\0\0"u8);
        using (var packer = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true)) packer.Write(text);
        return packed.ToArray();
    }

    private static byte[] WithText(string type, byte[] content)
    {
        byte[] chunk = new byte[12 + content.Length];
        BinaryPrimitives.WriteInt32BigEndian(chunk, content.Length);
        Encoding.ASCII.GetBytes(type, chunk.AsSpan(4));
        content.CopyTo(chunk, 8);
        BinaryPrimitives.WriteUInt32BigEndian(
            chunk.AsSpan(8 + content.Length), Crc32.HashToUInt32(chunk.AsSpan(4, 4 + content.Length)));
        return [.. Png[..33], .. chunk, .. Png[33..]];
    }
}

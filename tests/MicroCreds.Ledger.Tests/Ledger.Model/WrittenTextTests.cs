using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Model;

public sealed class WrittenTextTests
{
    [Theory]
    [InlineData("Università degli Studi di Torino – «Scienze»")]
    [InlineData("جامعة القاهرة: مقدمة في علم البيانات")]
    [InlineData("سنة 1445 ه\u200d")]
    [InlineData("האוניברסיטה העברית (2026)")]
    [InlineData("شِیرְב")]
    [InlineData("دانشگاه تهران: کتاب\u200cهای داده و می\u200cشود ۱۰\u200cساله 10\u200cساله")]
    [InlineData("क्\u200dष और र्\u200cक")]
    [InlineData("ශ්\u200dරී ලංකා")]
    [InlineData("അവന്\u200d വന്നു")]
    [InlineData("Family 👨\u200d👩\u200d👧\u200d👦, ❤\ufe0f\u200d🔥, 👩🏽\u200d💻, 🏳\ufe0f\u200d🌈")]
    [InlineData("数据素养 データ 데이터")]
    public void Text_OfRealLanguages_IsTaken(string text) => Assert.Null(WrittenText.FaultOf(text));

    [Theory]
    [InlineData(0x202A)]
    [InlineData(0x202E)]
    [InlineData(0x2066)]
    [InlineData(0x2069)]
    [InlineData(0x200E)]
    [InlineData(0x200F)]
    [InlineData(0x061C)]
    [InlineData(0x200B)]
    [InlineData(0x200C)]
    [InlineData(0x200D)]
    [InlineData(0x2028)]
    [InlineData(0x2060)]
    [InlineData(0x2064)]
    [InlineData(0xFEFF)]
    [InlineData(0x00AD)]
    [InlineData(0x3164)]
    [InlineData(0xE0001)]
    [InlineData(0xE007F)]
    [InlineData(0x0007)]
    [InlineData(0x0085)]
    public void Text_WithWhatNobodySees_IsRefusedWithFieldCodePointAndMend(int code)
    {
        string unseen = char.ConvertFromUtf32(code);
        foreach (string text in new[] { $"Au{unseen}rora", $"{unseen}Aurora", $"Aurora{unseen}", $"دا {unseen} ده" })
        {
            var fault = ValueRules.Text(text, "/name");
            Assert.Equal("/name", fault?.Field);
            Assert.Contains($"U+{code:X4}", fault!.Message, StringComparison.Ordinal);
            Assert.Contains("leave it out", fault.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("علی\u200c")]
    [InlineData("کتاب\u200c\u200cها")]
    [InlineData("👩\u200d")]
    [InlineData("a\u200dب")]
    public void Joiner_ThatChangesNothing_IsRefused(string text) => Assert.NotNull(WrittenText.FaultOf(text));

    [Fact]
    public void Text_OfSeveralLines_IsForLongFieldsAlone()
    {
        Assert.Null(WrittenText.FaultOf("a\r\n\tb", isLong: true));
        Assert.NotNull(WrittenText.FaultOf("a\nb"));
        Assert.NotNull(WrittenText.FaultOf("a\u0007b", isLong: true));
        Assert.NotNull(WrittenText.FaultOf("a\ud800b"));
    }

    [Theory]
    [InlineData("https://aurora.example/a?b=c@d", true)]
    [InlineData("https://user@aurora.example/", false)]
    [InlineData("https://aurora.example:secret@evil.example/", false)]
    [InlineData("http://aurora.example/", false)]
    [InlineData("javascript:alert(1)", false)]
    [InlineData("ftp://aurora.example/", false)]
    [InlineData("https://aurora.example/\u202e", false)]
    public void Link_ToElsewhereThanItLooks_IsRefused(string link, bool isTaken) =>
        Assert.Equal(isTaken, ValueRules.Url(link, "/website") is null);
}

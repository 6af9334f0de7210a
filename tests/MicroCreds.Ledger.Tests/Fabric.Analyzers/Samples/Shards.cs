namespace Samples;

internal static class Shards
{
    public static int[] Of(string key, int number, Shard shard, Cell cell) =>
    [
        StringComparer.Ordinal.GetHashCode(key), // MCF0011
        EqualityComparer<string>.Default.GetHashCode(key), // MCF0011
        (key, number).GetHashCode(), // MCF0011
        shard.GetHashCode(), // MCF0011
        new Name(key).GetHashCode(), // MCF0011
        new { key }.GetHashCode(), // MCF0011
        cell.GetHashCode(),
        number.GetHashCode(),
        EqualityComparer<int>.Default.GetHashCode(number),
    ];
}

internal sealed record Shard(int Number);

internal readonly record struct Cell(int Row, int Column);

internal readonly record struct Name(string Text);

internal readonly record struct Label(string Text)
{
    public bool Equals(Label other) => Text == other.Text;

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Text);
}

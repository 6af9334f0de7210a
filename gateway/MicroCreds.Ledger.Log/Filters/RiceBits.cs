namespace MicroCreds.Ledger.Log.Filters;

/// <summary>
/// Bits of numbers as Rice (1971) codes them: the number without its lowest k bits in ones, a zero, those bits. The
/// highest bit of a byte comes first, and zeros fill the last one.
/// </summary>
internal sealed class RiceWriter(List<byte> bytes)
{
    private int _free;

    /// <summary>The largest k.</summary>
    public const int MaxBits = 24;

    /// <summary>Finds the smallest k that makes the numbers shortest.</summary>
    public static int BestBitsFor(IReadOnlyCollection<long> values)
    {
        var (best, least) = (0, long.MaxValue);
        for (int bits = 0; bits <= MaxBits; bits++)
        {
            long length = values.Sum(value => (value >> bits) + 1 + bits);
            if (length < least) (best, least) = (bits, length);
        }

        return best;
    }

    public void Write(long value, int bits)
    {
        for (long ones = value >> bits; ones > 0; ones--) Write(true);
        Write(false);
        for (int bit = bits - 1; bit >= 0; bit--) Write(((value >> bit) & 1) == 1);
    }

    private void Write(bool isSet)
    {
        if (_free == 0)
        {
            bytes.Add(0);
            _free = 8;
        }

        _free--;
        if (isSet) bytes[^1] |= (byte)(1 << _free);
    }
}

/// <summary>Reads what <see cref="RiceWriter"/> wrote.</summary>
internal ref struct RiceReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _at;

    /// <summary>Whether nothing is left but the zeros that fill the last byte.</summary>
    public readonly bool IsAtEnd => _at > 8 * (_bytes.Length - 1)
        && (_at == 8 * _bytes.Length || (_bytes[^1] & (0xff >> (_at % 8))) == 0);

    /// <exception cref="FormatException">There are no more bits.</exception>
    public long Read(int bits)
    {
        long value = 0;
        while (ReadBit()) value++;
        for (int bit = 0; bit < bits; bit++) value = (value << 1) | (ReadBit() ? 1L : 0);
        return value;
    }

    private bool ReadBit()
    {
        if (_at >= 8 * _bytes.Length) throw new FormatException("Its bits are cut off.");
        bool isSet = ((_bytes[_at / 8] >> (7 - (_at % 8))) & 1) == 1;
        _at++;
        return isSet;
    }
}

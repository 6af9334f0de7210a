namespace MicroCreds.Ledger.Log;

/// <summary>Numbers of as many bytes as they need: seven bits a byte, the lowest first (LEB128).</summary>
internal static class Varint
{
    private const int Bits = 7;
    private const int More = 1 << Bits;

    public static void Write(List<byte> bytes, long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        for (; value >= More; value >>= Bits) bytes.Add((byte)(value | More));
        bytes.Add((byte)value);
    }

    /// <summary>Reads a number from the front of what is left.</summary>
    /// <exception cref="FormatException">There is none, or it is none in its one spelling.</exception>
    public static long Read(ref ReadOnlySpan<byte> left)
    {
        long value = 0;
        for (int i = 0; i < left.Length && i * Bits < 8 * sizeof(long) - Bits; i++)
        {
            value |= (long)(left[i] & (More - 1)) << (i * Bits);
            if (left[i] >= More) continue;
            if (i > 0 && left[i] == 0) break;
            left = left[(i + 1)..];
            return value;
        }

        throw new FormatException("A number is cut off, too large, or not in its one spelling.");
    }

    /// <summary>Takes bytes from the front of what is left.</summary>
    /// <exception cref="FormatException">There are fewer.</exception>
    public static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> left, long count)
    {
        if (count < 0 || count > left.Length) throw new FormatException($"{left.Length} bytes are left of {count}.");
        var taken = left[..(int)count];
        left = left[(int)count..];
        return taken;
    }

    /// <summary>Writes bytes behind their number.</summary>
    public static void WriteCounted(List<byte> bytes, ReadOnlySpan<byte> value)
    {
        Write(bytes, value.Length);
        bytes.AddRange(value);
    }

    /// <summary>Takes bytes that stand behind their number.</summary>
    /// <exception cref="FormatException">There are fewer.</exception>
    public static ReadOnlySpan<byte> TakeCounted(ref ReadOnlySpan<byte> left)
    {
        long count = Read(ref left);
        return Take(ref left, count);
    }
}

"""The page's words. A room is what one part of the page says; every entry is Spanish, English, Russian."""

import gradio as gr

LANGUAGES = ("es", "en", "ru")

TITLES = {
    "title_shoes": ("Zapatillas", "Shoes", "Кроссовки"),
    "title_emoji": ("Emojis", "Emoji", "Эмодзи"),
}

ROOMS: dict[str, dict[str, tuple[str, str, str]]] = {
    "page": {
        "tagline": ("Tú dibujas, la red pinta.", "You draw, the network paints.", "Вы рисуете, нейросеть раскрашивает."),
        "surprise": ("Sorpréndeme", "Surprise me", "Удивите меня"),
    },
    "canvas": {
        "tools": ("Herramientas de dibujo", "Drawing tools", "Инструменты рисования"),
        "canvas": ("lienzo", "canvas", "холст"),
        "help": (
            "Lienzo. Las flechas mueven el lápiz, la barra espaciadora lo baja o lo levanta; B lápiz, E goma, corchetes para el grosor.",
            "Canvas. Arrow keys move the pen, Space sets it down or lifts it; B pen, E eraser, brackets for the width.",
            "Холст. Стрелки двигают карандаш, пробел опускает или поднимает его; B — карандаш, E — ластик, скобки — толщина.",
        ),
        "invite": ("Dibuja aquí", "Draw here", "Рисуйте здесь"),
        "pen": ("Lápiz", "Pen", "Карандаш"),
        "pen_hint": ("Lápiz (B)", "Pen (B)", "Карандаш (B)"),
        "eraser": ("Goma", "Eraser", "Ластик"),
        "eraser_hint": ("Goma (E)", "Eraser (E)", "Ластик (E)"),
        "width": ("Grosor", "Width", "Толщина"),
        "width_hint": ("Grosor ([ y ])", "Width ([ and ])", "Толщина ([ и ])"),
        "undo": ("Deshacer", "Undo", "Отменить"),
        "undo_hint": ("Deshacer (Ctrl+Z)", "Undo (Ctrl+Z)", "Отменить (Ctrl+Z)"),
        "redo": ("Rehacer", "Redo", "Повторить"),
        "redo_hint": ("Rehacer (Ctrl+Y)", "Redo (Ctrl+Y)", "Повторить (Ctrl+Y)"),
        "clear": ("Borrar todo", "Clear", "Очистить"),
        "down": ("Lápiz abajo", "Pen down", "Карандаш опущен"),
        "up": ("Lápiz arriba", "Pen up", "Карандаш поднят"),
    },
    "picture": {
        "empty": (
            "Dibuja algo: aquí aparecerá pintado.",
            "Draw something: it will appear here, painted.",
            "Нарисуйте что-нибудь — здесь появится картина.",
        ),
        "alt": ("Imagen pintada: {translator}", "Painted picture: {translator}", "Картина: {translator}"),
        **TITLES,
        "compare": ("Comparar el dibujo con la imagen", "Compare drawing and picture", "Сравнить рисунок и картину"),
        "ms": ("ms por imagen", "ms a picture", "мс на картину"),
        "round": (" · {ms} del trazo", " · {ms} from the pen", " · {ms} от штриха"),
        "download": ("Descargar", "Download", "Скачать"),
        "save_drawing": ("Dibujo", "Drawing", "Рисунок"),
        "save_picture": ("Imagen", "Picture", "Картина"),
        "save_both": ("Ambos", "Both", "Вместе"),
    },
    "picker": {
        "label": ("Qué pinta la red", "What the network paints", "Что рисует нейросеть"),
        "missing": ("no disponible", "not available", "недоступно"),
        "about_shoes": ("foto a partir de líneas", "a photo from lines", "фото по линиям"),
        "about_emoji": ("color a partir de líneas", "colour from lines", "цвет по линиям"),
        **TITLES,
    },
    "sample": {
        "seed": ("Semilla", "Seed", "Зерно"),
        "seed_hint": (
            "La misma semilla da la misma imagen",
            "The same seed gives the same picture",
            "Одно и то же зерно даёт одну и ту же картину",
        ),
        "seed_wrong": (
            "La semilla es un número entero de 0 a 2147483647.",
            "The seed is a whole number from 0 to 2147483647.",
            "Зерно — целое число от 0 до 2147483647.",
        ),
        "dice": ("Otra", "Another", "Ещё одна"),
        "dice_hint": ("Otra versión: semilla al azar", "Another version: a random seed", "Другой вариант: случайное зерно"),
        "noise": ("Azar", "Noise", "Шум"),
        "noise_hint": (
            "El azar de la red (dropout): sin él, la semilla solo elige el color",
            "The network's own dice (dropout): without it the seed only picks the colour",
            "Случайность внутри сети (dropout): без неё зерно выбирает только цвет",
        ),
    },
    "colour": {
        "label": ("Color", "Colour", "Цвет"),
        "auto": ("Automático", "Automatic", "Авто"),
        "auto_hint": ("El color lo elige la semilla", "The seed picks the colour", "Цвет выбирает зерно"),
        "own": ("Color propio", "Your own colour", "Свой цвет"),
    },
    "doctor": {
        "empty": (
            "El médico de bocetos espera tu primer trazo.",
            "The sketch doctor waits for your first line.",
            "Доктор эскизов ждёт первой линии.",
        ),
        "little": (
            "Falta dibujo: la tinta cubre el {value} %; la red aprendió con {low}–{high} %. Añade líneas.",
            "Little ink yet: {value} % of the paper; the network learnt from {low}–{high} %. Add lines.",
            "Пока мало линий: {value} % бумаги, а сеть училась на {low}–{high} %. Добавьте деталей.",
        ),
        "thick": (
            "Líneas gruesas: {value} px; la red aprendió con {low}–{high} px.",
            "Thick lines: {value} px; the network learnt from {low}–{high} px.",
            "Толстые линии: {value} пикс., а сеть училась на {low}–{high}.",
        ),
        "thin": (
            "Líneas finas: {value} px; la red aprendió con {low}–{high} px. Usa un lápiz más grueso.",
            "Thin lines: {value} px; the network learnt from {low}–{high} px. Take a wider pen.",
            "Тонкие линии: {value} пикс., а сеть училась на {low}–{high}. Возьмите карандаш потолще.",
        ),
        "open": (
            "El contorno está abierto. Une los extremos de las líneas.",
            "The outline is open. Join the ends of the lines.",
            "Контур не замкнут. Соедините концы линий.",
        ),
        "much": (
            "Mucha tinta: {value} %; la red aprendió con {low}–{high} %. Borra lo que sobra.",
            "Much ink: {value} %; the network learnt from {low}–{high} %. Erase what is not needed.",
            "Много чернил: {value} %, а сеть училась на {low}–{high} %. Сотрите лишнее.",
        ),
        "good": (
            "Buen boceto: así son los dibujos que la red conoce.",
            "A good sketch: like those the network knows.",
            "Хороший эскиз: такие сеть и знает.",
        ),
        "thin_lines": ("Afinar las líneas", "Thin the lines", "Сделать линии тоньше"),
        "sees": ("Lo que ve la red", "What the network sees", "Что видит сеть"),
        "sees_size": ("{width} × {height} píxeles", "{width} × {height} pixels", "{width} × {height} пикселей"),
    },
    "uploads": {
        "photo": ("Usar una foto", "Use a photo", "Взять фото"),
        "photo_hint": (
            "Una foto de un dibujo en papel, o de una cosa: se convierte en líneas",
            "A photo of a drawing on paper, or of a thing: it is turned into lines",
            "Фото рисунка на бумаге или предмета: оно превратится в линии",
        ),
        "refused": (
            "No se pudo enviar el archivo: como mucho 20 MB.",
            "The file could not be sent: 20 MB at most.",
            "Файл не отправлен: не больше 20 МБ.",
        ),
    },
    "identity": {
        "method": ("Método", "Method", "Метод"),
        "data": ("Datos", "Data", "Данные"),
        "licence": ("Licencia", "Licence", "Лицензия"),
        "failures": ("Dónde falla", "Where it fails", "Где ошибается"),
        "credit": ("Créditos", "Credit", "Авторы"),
        "figures": ("Medido con las imágenes de prueba", "Measured on the test pictures", "Измерено на тестовых картинах"),
        "shelf_test": (
            "Imágenes de prueba: dibujo, lo pintado y la foto que la red nunca vio",
            "Test pictures: drawing, painted, and the photo that the network never saw",
            "Тестовые картины: рисунок, результат и фото, которого сеть не видела",
        ),
        "shelf_hands": ("Dibujos a mano", "Hand drawings", "Рисунки от руки"),
        "shelf_widths": (
            "El mismo dibujo con lápices cada vez más gruesos",
            "One drawing with wider and wider pens",
            "Один рисунок карандашами разной толщины",
        ),
        "shelf_failures": ("Fallos", "Failures", "Неудачи"),
        **TITLES,
    },
}

I18N = gr.I18n(**{language: {key: row[i] for key, row in ROOMS["page"].items()} for i, language in enumerate(LANGUAGES)})


def room(name: str) -> dict[str, dict[str, str]]:
    """A part's words by language, for its script to pick from."""
    return {language: {key: row[i] for key, row in ROOMS[name].items()} for i, language in enumerate(LANGUAGES)}

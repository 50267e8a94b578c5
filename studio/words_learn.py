"""The words of the Learn page's scenes: Spanish, English, Russian, as in words.py."""

from studio.words_classes import CLASSES


def missing(folder: str) -> tuple[str, str, str]:
    return (
        f"Los pesos de estas redes no están instalados: falta la carpeta {folder}.",
        f"The weights of these networks are not installed: the folder {folder} is not there.",
        f"Веса этих сетей не установлены: нет папки {folder}.",
    )


MISSING = missing("weights/ablations")
HEAT = ("Mapa", "Map", "Карта")
NONE = (
    "No hay pesos de ninguna red de dibujos.",
    "There are no weights of any drawing translator.",
    "Нет весов ни одной сети для рисунков.",
)
DRAWN = {"title_shoes": ("Zapatillas", "Shoes", "Кроссовки"), "title_emoji": ("Emojis", "Emoji", "Эмодзи")}
PLAYED = {"play": ("▶ Reproducir", "▶ Play", "▶ Пуск"), "pause": ("❚❚ Pausa", "❚❚ Pause", "❚❚ Пауза")}
TRANSLATOR = {"translator": ("Red", "Translator", "Сеть"), "none": NONE, **DRAWN}

LEARN: dict[str, dict[str, tuple[str, str, str]]] = {
    "scenes": {
        "scenes": ("Escenas", "Scenes", "Сцены"),
        "back": ("Escena anterior (←)", "Previous scene (←)", "Предыдущая сцена (←)"),
        "on": ("Escena siguiente (→)", "Next scene (→)", "Следующая сцена (→)"),
        "lecture": ("Clase", "Lecture", "Лекция"),
        "lecture_hint": (
            "Letra grande y solo la escena; ← → cambian de escena, la barra espaciadora reproduce, Esc sale",
            "Large type and the scene alone; ← → change the scene, Space plays, Esc leaves",
            "Крупный шрифт и только сцена; ← → меняют сцену, пробел запускает, Esc — выход",
        ),
        "link": ("Enlace", "Link", "Ссылка"),
        "link_hint": (
            "Copiar un enlace permanente a esta escena, con su dibujo y sus ajustes",
            "Copy a permanent link to this scene, with its drawing and settings",
            "Скопировать постоянную ссылку на сцену с рисунком и настройками",
        ),
        "linked": ("Copiado", "Copied", "Скопировано"),
        "link_there": ("Está en la barra", "In the address bar", "В адресной строке"),
        "language": ("Idioma", "Language", "Язык"),
        "title_game": ("El juego", "The game", "Игра"),
        "explain_game": (
            "Dos redes juegan: el generador G (rojo) imita tus puntos (verde), el discriminador D intenta distinguirlos. Dibuja tu "
            "distribución y míralas aprender.",
            "Two networks play: the generator G (red) imitates your points (green), the discriminator D tries to tell them apart. Draw "
            "a distribution and watch them learn.",
            "Две сети играют: генератор G (красный) подражает вашим точкам (зелёным), дискриминатор D пытается их различить. Нарисуйте "
            "распределение и смотрите, как они учатся.",
        ),
        "title_eye": ("El ojo de D", "D's eye", "Глаз D"),
        "explain_eye": (
            "El PatchGAN no juzga la imagen entera, sino cada ventana por separado. Pulsa una casilla para ver qué ventana mira.",
            "A PatchGAN does not judge the whole picture but every window of it. Click a cell to see the window that it looks at.",
            "PatchGAN судит не всю картину, а каждое окно. Нажмите на клетку, чтобы увидеть её окно.",
        ),
        "title_compare": ("Pérdidas y parches", "Losses and patches", "Потери и патчи"),
        "explain_compare": (
            "Tu fachada por redes iguales, entrenadas con L1, con cGAN o con ambas, y con parches de cuatro tamaños.",
            "Your facade through equal networks, trained with L1, with cGAN or both, and with patches of four sizes.",
            "Ваш фасад через одинаковые сети, обученные с L1, с cGAN и с обоими, и с патчами четырёх размеров.",
        ),
        "title_film": ("La película", "The film", "Фильм"),
        "explain_film": (
            "Tu fachada tal como la pintaba la red en cada momento de su entrenamiento.",
            "Your facade as the network painted it at every moment of its training.",
            "Ваш фасад таким, каким сеть рисовала его в разные моменты обучения.",
        ),
        "title_skips": ("Los atajos", "The skips", "Связи U-Net"),
        "explain_skips": (
            "Cada atajo lleva detalles del dibujo más allá del cuello de botella. Bájalos a 0 y la U-Net se vuelve un simple "
            "codificador-decodificador.",
            "Every skip carries detail of the drawing past the bottleneck. Turn them down to 0 and the U-Net becomes an encoder-decoder.",
            "Каждая связь проносит детали рисунка мимо узкого места. Опустите их до 0 — и U-Net станет простым "
            "кодировщиком-декодировщиком.",
        ),
        "title_noise": ("El ruido", "The noise", "Шум"),
        "explain_noise": (
            "El único z de pix2pix es el dropout, encendido también al pintar. ¿Cuánto cambia la imagen? El error más frecuente: usar "
            "las estadísticas acumuladas en vez de las de la imagen.",
            "The only z of pix2pix is dropout, left on while painting. How much does the picture change? The most common mistake: "
            "running statistics in place of the picture's own.",
            "Единственный z в pix2pix — dropout, включённый и при рисовании. Сильно ли меняется картина? Самая частая ошибка — "
            "накопленная статистика вместо статистики самой картины.",
        ),
        "title_replay": ("Trazo a trazo", "Stroke by stroke", "Штрих за штрихом"),
        "explain_replay": (
            "El dibujo de nuevo, trazo a trazo, por varias redes a la vez. Guárdalo como archivo y ábrelo en otro sitio.",
            "The drawing again, stroke by stroke, through several networks at once. Save it as a file and open it elsewhere.",
            "Рисунок заново, штрих за штрихом, через несколько сетей сразу. Сохраните его в файл и откройте в другом месте.",
        ),
        "title_street": ("pix2pixHD", "pix2pixHD", "pix2pixHD"),
        "explain_street": (
            "Una calle con todas las piezas de pix2pixHD o sin una de ellas; los estilos de cada objeto; y qué ven tres discriminadores, "
            "cada uno a la mitad de tamaño.",
            "A street with all parts of pix2pixHD or without one of them; the styles of every object; and what three discriminators see, "
            "each at half the size.",
            "Улица со всеми частями pix2pixHD или без одной из них; стили каждого объекта; и что видят три дискриминатора, каждый вдвое "
            "мельче предыдущего.",
        ),
        "title_rounds": ("El ciclo", "The cycle", "Цикл"),
        "explain_rounds": (
            "x → G → F: la vuelta debe devolver la foto. Mira la pérdida de ciclo de tu foto, diez vueltas seguidas y la identidad.",
            "x → G → F: the way back must return the photo. See the cycle loss of your photo, ten rounds in a row, and the identity.",
            "x → G → F: обратный путь должен вернуть фото. Смотрите потерю цикла на вашем фото, десять кругов подряд и тождество.",
        ),
    },
    "game": {
        "data": ("Los datos", "The data", "Данные"),
        "ring": ("Anillo", "Ring", "Кольцо"),
        "moons": ("Lunas", "Moons", "Луны"),
        "line": ("Curva", "Curve", "Кривая"),
        "blob": ("Nube", "Cloud", "Облако"),
        "class": ("Clase del pincel y de lo que se muestra", "Class of the brush and of what is shown", "Класс кисти и показанного"),
        "pen_class": ("Clase {number}", "Class {number}", "Класс {number}"),
        "clear": ("Borrar los puntos", "Clear the points", "Стереть точки"),
        "board": (
            "Tablero: arrastra para dibujar puntos, o muévete con las flechas y pinta con la barra espaciadora",
            "Board: drag to draw points, or move with the arrow keys and spray with Space",
            "Доска: рисуйте точки мышью или двигайтесь стрелками и ставьте их пробелом",
        ),
        "real": ("datos x", "data x", "данные x"),
        "fake": ("G(z)", "G(z)", "G(z)"),
        "field": ("opinión de D", "D's opinion", "мнение D"),
        "manifold": ("variedad de G", "G's manifold", "многообразие G"),
        "arrows": ("gradientes", "gradients", "градиенты"),
        **PLAYED,
        "step_d": ("Paso D", "Step D", "Шаг D"),
        "step_d_hint": ("Solo aprende el discriminador", "Only the discriminator learns", "Учится только дискриминатор"),
        "step_g": ("Paso G", "Step G", "Шаг G"),
        "step_g_hint": ("Solo aprende el generador", "Only the generator learns", "Учится только генератор"),
        "slow": ("Lento", "Slow", "Медленно"),
        "restart": ("Reiniciar", "Restart", "Сначала"),
        "collapse": ("Colapsar", "Collapse", "Коллапс"),
        "collapse_hint": (
            "Colapso de modos: G aprende solo, con D quieto, y corre a donde D puntúa más alto",
            "Mode collapse: G learns alone, with D held, and runs to where D scores highest",
            "Коллапс мод: G учится один при неподвижном D и бежит туда, где D ставит высшую оценку",
        ),
        "loss": ("Pérdida", "Loss", "Потеря"),
        "minimax": ("minimax", "minimax", "минимакс"),
        "non_saturating": ("no saturante", "non-saturating", "ненасыщающая"),
        "least_squares": ("mínimos cuadrados", "least squares", "наименьшие квадраты"),
        "wasserstein": ("Wasserstein, recorte", "Wasserstein, clipped", "Вассерштейн, обрезка"),
        "wasserstein_gp": ("WGAN-GP", "WGAN-GP", "WGAN-GP"),
        "k": ("k pasos de D", "k steps of D", "k шагов D"),
        "k_hint": ("Pasos de D por cada paso de G", "Steps of D for each step of G", "Шагов D на один шаг G"),
        "conditional": ("con clase", "with class", "с классом"),
        "step": ("Paso", "Step", "Шаг"),
        "covered": ("Datos cubiertos", "Data covered", "Покрыто данных"),
        "covered_hint": (
            "Datos con algún G(z) a menos de 0,1",
            "Data with some G(z) nearer than 0.1",
            "Данные, у которых есть G(z) ближе 0,1",
        ),
        "loss_d": ("pérdida de D", "loss of D", "потеря D"),
        "loss_g": ("pérdida de G", "loss of G", "потеря G"),
        "losses": ("Curvas de las pérdidas", "Curves of the losses", "Кривые потерь"),
        "divergence": ("divergencia de Jensen-Shannon", "Jensen-Shannon divergence", "дивергенция Йенсена — Шеннона"),
        "divergence_hint": (
            "Entre los histogramas de los datos y de G(z): de 0 a log 2 ≈ 0,69",
            "Between the histograms of the data and of G(z): from 0 to log 2 ≈ 0.69",
            "Между гистограммами данных и G(z): от 0 до log 2 ≈ 0,69",
        ),
    },
    "pad": {
        "tools": ("Dibujo", "Drawing", "Рисунок"),
        "undo": ("Deshacer", "Undo", "Отменить"),
        "clear": ("Borrar todo", "Clear", "Очистить"),
        "save": ("Guardar", "Save", "Сохранить"),
        "save_hint": ("Guardar el dibujo como archivo", "Save the drawing as a file", "Сохранить рисунок в файл"),
        "open": ("Abrir", "Open", "Открыть"),
        "open_hint": ("Abrir un dibujo guardado", "Open a saved drawing", "Открыть сохранённый рисунок"),
        "canvas": (
            "Lienzo. Las flechas mueven el lápiz, la barra espaciadora empieza un trazo o una caja y lo termina, Escape lo descarta.",
            "Canvas. Arrow keys move the pen, Space begins a stroke or a box and ends it, Escape drops it.",
            "Холст. Стрелки двигают карандаш, пробел начинает штрих или прямоугольник и завершает его, Escape отменяет.",
        ),
        "classes": ("Clases", "Classes", "Классы"),
        "samples": ("Ejemplos", "Samples", "Примеры"),
        "sample": ("Ejemplo {number}", "Sample {number}", "Пример {number}"),
        "bad_file": (
            "{name} no es un dibujo: se espera un JSON con la lista “{key}”.",
            "{name} is no drawing: expected JSON with the list “{key}”.",
            "{name} — не рисунок: ожидается JSON со списком «{key}».",
        ),
        **CLASSES,
    },
    "eye": {
        "missing": MISSING,
        "patch": ("Ventana", "Window", "Окно"),
        "heat": HEAT,
        "map": (
            "Mapa de D: rojo, pintado; verde, real. Las flechas mueven la casilla.",
            "D's map: red painted, green real. Arrow keys move the cell.",
            "Карта D: красное — нарисовано, зелёное — настоящее. Стрелки двигают клетку.",
        ),
        "painted": ("Pintada: D = {mean} de media", "Painted: D = {mean} on average", "Нарисовано: D = {mean} в среднем"),
        "real": ("Foto real: D = {mean} de media", "Real photo: D = {mean} on average", "Настоящее фото: D = {mean} в среднем"),
        "click": (
            "Rojo: a D le parece pintado. Verde: le parece real. Pulsa una casilla.",
            "Red looks painted to D, green looks real. Click a cell.",
            "Красное кажется D нарисованным, зелёное — настоящим. Нажмите на клетку.",
        ),
        "click_sample": (
            "Rojo: a D le parece pintado. Verde: le parece real. Pulsa una casilla; con una muestra de abajo, también su foto.",
            "Red looks painted to D, green looks real. Click a cell; take a sample to see its photo beside it.",
            "Красное кажется D нарисованным, зелёное — настоящим. Нажмите на клетку; у образцов внизу есть и фотография.",
        ),
        "cell": (
            "Casilla ({x}, {y}): mira {size} × {size} píxeles, D = {painted}",
            "Cell ({x}, {y}): looks at {size} × {size} pixels, D = {painted}",
            "Клетка ({x}, {y}): смотрит на {size} × {size} пикселей, D = {painted}",
        ),
        "cell_both": (
            "Casilla ({x}, {y}): mira {size} × {size} píxeles; pintada D = {painted}, real D = {real}",
            "Cell ({x}, {y}): looks at {size} × {size} pixels; painted D = {painted}, real D = {real}",
            "Клетка ({x}, {y}): смотрит на {size} × {size} пикселей; нарисовано D = {painted}, фото D = {real}",
        ),
    },
    "compare": {
        "missing": MISSING,
        "run_l1": ("L1", "L1", "L1"),
        "run_cgan": ("cGAN", "cGAN", "cGAN"),
        "run_l1_cgan": ("L1 + cGAN, 70 × 70", "L1 + cGAN, 70 × 70", "L1 + cGAN, 70 × 70"),
        "run_encoder_decoder": ("Sin atajos", "No skips", "Без связей"),
        "run_encoder_decoder_l1": ("Sin atajos, L1", "No skips, L1", "Без связей, L1"),
        "run_patch_1": ("Parche 1 × 1", "Patch 1 × 1", "Патч 1 × 1"),
        "run_patch_16": ("Parche 16 × 16", "Patch 16 × 16", "Патч 16 × 16"),
        "run_patch_286": ("Parche 286 × 286", "Patch 286 × 286", "Патч 286 × 286"),
        "run_real": ("Foto real", "Real photo", "Настоящее фото"),
    },
    "film": {
        "missing": (
            "No hay instantáneas del entrenamiento: falta weights/ablations/l1_cgan/snapshots.",
            "There are no snapshots of a training: weights/ablations/l1_cgan/snapshots is not there.",
            "Снимков обучения нет: отсутствует weights/ablations/l1_cgan/snapshots.",
        ),
        **PLAYED,
        "scrub": ("Momento del entrenamiento", "Moment of the training", "Момент обучения"),
        "step": ("paso {step}", "step {step}", "шаг {step}"),
        "losses": ("Pérdidas", "Losses", "Потери"),
    },
    "skips": {
        **TRANSLATOR,
        "unet": ("Todos 1: U-Net", "All 1: U-Net", "Все 1: U-Net"),
        "encoder": ("Todos 0: sin atajos", "All 0: no skips", "Все 0: без связей"),
        "gain": ("Atajo de {size} × {size}", "Skip at {size} × {size}", "Связь {size} × {size}"),
    },
    "noise": {
        **TRANSLATOR,
        "dropout": ("Dropout encendido", "Dropout on", "Dropout включён"),
        "statistics": ("Estadísticas de la normalización", "Statistics of the norms", "Статистика нормализации"),
        "image": ("de la imagen", "of the picture", "этой картины"),
        "running": ("acumuladas", "running", "накопленная"),
        "count": ("Cuántas muestras", "How many samples", "Сколько образцов"),
        "mean": ("Media", "Mean", "Среднее"),
        "deviation": (
            "Desviación: {value} de 255 (blanco desde 32)",
            "Deviation: {value} of 255 (white from 32)",
            "Отклонение: {value} из 255 (белый от 32)",
        ),
    },
    "replay": {
        **TRANSLATOR,
        **PLAYED,
        "stroke": ("Trazo", "Stroke", "Штрих"),
        "empty": ("Dibuja algo primero.", "Draw something first.", "Сначала нарисуйте что-нибудь."),
    },
    "street": {
        **CLASSES,
        "heat": HEAT,
        "missing": missing("weights/ablations_hd"),
        "runs": ("Red", "Network", "Сеть"),
        "run_full": ("todo", "everything", "всё"),
        "run_global": ("solo global", "global alone", "только глобальный"),
        "run_no_boundary": ("sin bordes", "no boundary map", "без карты границ"),
        "run_no_perceptual": ("sin pérdida perceptual", "no perceptual loss", "без перцептивной потери"),
        "photo": ("Foto real", "Real photo", "Настоящее фото"),
        "objects": (
            "La calle pintada: pulsa un objeto; las flechas también lo eligen",
            "The painted street: click an object; arrow keys choose one too",
            "Нарисованная улица: нажмите на объект; стрелки тоже его выбирают",
        ),
        "click": (
            "Pulsa un objeto de la calle para ver los estilos de su clase.",
            "Click an object of the street to see the styles of its class.",
            "Нажмите на объект улицы, чтобы увидеть стили его класса.",
        ),
        "object": (
            "«{name}»: estilo {number} de {count} (centros de k-medias de los rasgos del codificador)",
            "“{name}”: style {number} of {count} (k-means centres of the encoder's features)",
            "«{name}»: стиль {number} из {count} (центры k-средних признаков кодировщика)",
        ),
        "styleless": (
            "«{name}»: no tiene estilos",
            "“{name}”: it has no styles",
            "«{name}»: стилей нет",
        ),
        "styles": ("Estilos del objeto", "Styles of the object", "Стили объекта"),
        "style": ("Estilo {number}", "Style {number}", "Стиль {number}"),
        "judges": ("D₁, D₂, D₃ ante", "D₁, D₂, D₃ before", "D₁, D₂, D₃ перед"),
        "judged": ("Qué juzgan", "What they judge", "Что они судят"),
        "of_painted": ("la calle pintada", "the painted street", "нарисованной улицей"),
        "of_photo": ("la foto real", "the real photo", "настоящим фото"),
        "map": (
            "Mapa de D{number}: rojo, pintado; verde, real. Las flechas mueven la casilla.",
            "Map of D{number}: red painted, green real. Arrow keys move the cell.",
            "Карта D{number}: красное — нарисовано, зелёное — настоящее. Стрелки двигают клетку.",
        ),
        "scale": (
            "D{number} ve {size} × {size}; media {mean}",
            "D{number} sees {size} × {size}; mean {mean}",
            "D{number} видит {size} × {size}; среднее {mean}",
        ),
        "click_cell": (
            "Rojo: parece pintado. Verde: parece real. Pulsa una casilla para ver su ventana.",
            "Red looks painted, green looks real. Click a cell to see its window.",
            "Красное кажется нарисованным, зелёное — настоящим. Нажмите на клетку, чтобы увидеть её окно.",
        ),
        "cell": (
            "D{number}, casilla ({x}, {y}): mira {size} × {size} píxeles, D = {value}",
            "D{number}, cell ({x}, {y}): looks at {size} × {size} pixels, D = {value}",
            "D{number}, клетка ({x}, {y}): смотрит на {size} × {size} пикселей, D = {value}",
        ),
    },
}
